import { dump } from 'js-yaml';
import type { Place } from '#knowledge/place.ts';

/** The place in the form of its file. Comments of a former file are not in it: only what the place says. */
export function placeFile(place: Place): string {
  return dump(place, { lineWidth: 120, noRefs: true });
}
