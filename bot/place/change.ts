import { record } from '#bot/store/audit.ts';
import { addEdits, placeHistory, standingEdits, type NewPlaceEdit, type PlaceEdit } from '#bot/store/place-edits.ts';
import type { Store } from '#bot/store/store.ts';
import { readPlace, type Place } from '#knowledge/place.ts';
import type { FieldFault } from '#knowledge/wanted.ts';
import { PART_SECTIONS, type Part } from './form.ts';
import { layEdits, sectionPrint, sectionText, SECTIONS, withSections, type Section } from './lay.ts';
import type { LivePlace } from './live.ts';

/** What the head of a station does with the place. Each deed is one transaction and names the part as it was seen. */

export type Changing = { store: Store; live: LivePlace };

/** The rules of the place's file, on the place with this change in it. */
export function checkChange(now: Place, change: Partial<Record<Section, unknown>>): { ok: true; place: Place } | { ok: false; faults: FieldFault[] } {
  return readPlace(withSections(now, change));
}

/** How a part is seen to have been when somebody began to change it. */
export function seenPart(place: Place, part: Part): string {
  return PART_SECTIONS[part].map((section) => sectionPrint(place, section)).join('.');
}

/** Makes this the place that everybody is told, in every process. `stale`: somebody else changed the part since; nothing is written then. */
export async function keepPart({ store, live }: Changing, part: Part, next: Place, by: { accountId: string; seen: string }): Promise<'done' | 'stale'> {
  const written = await store.write(async (tx) => {
    const now = layEdits(live.file, await standingEdits(tx)).place;
    if (seenPart(now, part) !== by.seen) return false;
    const changed = PART_SECTIONS[part].filter((section) => sectionPrint(now, section) !== sectionPrint(next, section));
    await addEdits(tx, changed.map((section): NewPlaceEdit => ({ section, value: sectionText(next, section), of: sectionPrint(live.file, section) })), by.accountId);
    for (const section of changed) await record(tx, { accountId: by.accountId, what: 'place-changed', detail: section });
    return true;
  });
  await live.look();
  return written ? 'done' : 'stale';
}

/** A section as it was after one edit, or as the file has it. */
export type Version = { section: Section; value: string | null };

/** Brings a former version of a section back, as a new edit. False when it fits the place no more. */
export async function bringBack({ store, live }: Changing, { section, value }: Version, accountId: string): Promise<boolean> {
  const fits = await store.write(async (tx) => {
    const standing = (await standingEdits(tx)).filter((edit) => edit.section !== section);
    if (layEdits(live.file, [...standing, { section, value, of: null }]).faults.length > 0) return false;
    await addEdits(tx, [{ section, value, of: sectionPrint(live.file, section) }], accountId);
    await record(tx, { accountId, what: 'place-changed', detail: `${section} back` });
    return true;
  });
  await live.look();
  return fits;
}

/** One edit in the history: the place before and after it. */
export type PastEdit = { id: number; section: Section; by: string | null; atMs: number; before: Place; after: Place; value: string | null; /** It holds now. */ holds: boolean };

/** Everything that was changed, the latest first. Edits that do not read any more are left out. */
export async function pastEdits({ store, live }: Changing, limit: number): Promise<PastEdit[]> {
  const all = await store.read(placeHistory);
  const standing = new Map<string, PlaceEdit>();
  let before = live.file;
  const past: PastEdit[] = [];
  for (const edit of all) {
    const section = SECTIONS.find((known) => known === edit.section);
    if (section === undefined) continue;
    standing.set(edit.section, edit);
    const after = layEdits(live.file, [...standing.values()]).place;
    past.push({ id: edit.id, section, by: edit.accountName, atMs: edit.atMs, before, after, value: edit.value, holds: false });
    before = after;
  }
  return past.map((edit) => ({ ...edit, holds: standing.get(edit.section)?.id === edit.id })).reverse().slice(0, limit);
}
