import { createHash } from 'node:crypto';
import type { PlaceEdit } from '#bot/store/place-edits.ts';
import { readPlace, type Place } from '#knowledge/place.ts';

/**
 * What the head of the station changed lies over the place's file, section by section; a section is a field at the top of
 * that file. An edit wins over the file it was made from. When the file has changed since, the edit still wins and the
 * section is named, until somebody says which of the two holds.
 */
export const SECTIONS = ['commune', 'province', 'station', 'hospital', 'police', 'duty', 'villages', 'languages', 'showDrafts', 'answerHours', 'targets', 'dayHours', 'staffGroup'] as const satisfies readonly (keyof Place)[];
export type Section = (typeof SECTIONS)[number];

export type LaidPlace = {
  place: Place;
  /** Sections that come from an edit. */
  edited: Section[];
  /** Of these, the ones whose file says something new since. */
  conflicts: Section[];
  /** Sections whose edit does not read any more and was left out. */
  faults: string[];
};

/** The file with the edits over it. Edits that do not fit it any more are left out one by one, the latest first, and named. */
export function layEdits(file: Place, edits: readonly Pick<PlaceEdit, 'section' | 'value' | 'of'>[]): LaidPlace {
  const faults: string[] = [];
  let laid = edits.flatMap((edit) => {
    const section = SECTIONS.find((known) => known === edit.section);
    return section === undefined || edit.value === null ? [] : [{ section, value: parsed(edit.value), of: edit.of }];
  });
  for (;;) {
    const read = readPlace(withSections(file, Object.fromEntries(laid.map(({ section, value }) => [section, value]))));
    if (read.ok) {
      const edited = laid.map(({ section }) => section);
      const conflicts = laid.filter(({ section, of }) => sectionPrint(file, section) !== of && sectionPrint(file, section) !== sectionPrint(read.place, section)).map(({ section }) => section);
      return { place: read.place, edited, conflicts, faults };
    }
    const wrong = laid.findLast(({ section }) => read.faults.some(({ field }) => field === section || field.startsWith(`${section}.`))) ?? laid.at(-1);
    // The file itself was read before, so without any edit nothing can be wrong.
    if (wrong === undefined) return { place: file, edited: [], conflicts: [], faults };
    faults.push(wrong.section);
    laid = laid.filter((each) => each !== wrong);
  }
}

/** A place in the form of its file, with some sections exchanged; `undefined` and null leave a section out. */
export function withSections(place: Place, changed: Partial<Record<Section, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...place, ...changed }).filter(([, value]) => value !== undefined && value !== null));
}

/** Sixteen signs that change with anything that the section says. */
export function sectionPrint(place: Place, section: Section): string {
  return createHash('sha256').update(sectionText(place, section)).digest('hex').slice(0, 16);
}

/** A section as it is kept; `null` where the place has none. */
export function sectionText(place: Place, section: Section): string {
  return JSON.stringify(place[section] ?? null);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
