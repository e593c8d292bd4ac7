import { reachGroups, REACH_BOXES, type ReachBox, type ReachGroup } from '#bot/store/campaign-reach.ts';
import { campaignById } from '#bot/store/campaigns.ts';
import type { Store } from '#bot/store/store.ts';
import { LANGS, type Lang } from '#knowledge/lang.ts';
import type { Place } from '#knowledge/place.ts';
import { withRounds, type Result } from './campaigns.ts';

export type ReachBoxes = Record<ReachBox, number>;

/** Whom an announcement reached: the sum of the boxes is the audience, in all and in each village. */
export type Reach = {
  audience: number;
  boxes: ReachBoxes;
  /** Of what did not arrive. */
  reasons: { box: ReachBox; reason: string; people: number }[];
  /** By village, those with most still to be reached first; null: the village is not known. */
  villages: { villageId: string | null; name: string | null; audience: number; boxes: ReachBoxes }[];
  /**
   * For the health workers who go from door to door: how many people of a village it has not reached, and in which
   * languages. Only villages that people agreed to have remembered; nobody is named, because no name is kept.
   */
  doors: { villageId: string; name: string; healthWorker: { name: string; phone: string } | null; people: number; languages: { lang: Lang; people: number }[] }[];
};

export async function campaignReach(ports: { store: Store; place: Pick<Place, 'villages'> }, id: number): Promise<Result<{ reach: Reach }>> {
  return ports.store.read(async (tx) => {
    const campaign = await campaignById(tx, id);
    if (campaign === null) return { ok: false, problem: { kind: 'unknown' } };
    const ids = (await withRounds(tx, campaign)).map((each) => each.id);
    return { ok: true, reach: reachOf(await reachGroups(tx, ids), ports.place) };
  });
}

/** Pure arithmetic on the counted people. */
export function reachOf(groups: readonly ReachGroup[], place: Pick<Place, 'villages'>): Reach {
  const villageName = (id: string | null): string | null => place.villages.find((village) => village.id === id)?.name ?? id;
  const villages = [...Map.groupBy(groups, (group) => group.villageId)].map(([villageId, own]) => (
    { villageId, name: villageName(villageId), audience: people(own), boxes: boxesOf(own) }
  ));
  const missed = groups.filter((group) => NOT_REACHED.includes(group.box));
  const doors = [...Map.groupBy(missed, (group) => group.villageId)].flatMap(([villageId, own]) => (villageId === null ? [] : [{
    villageId, name: villageName(villageId) ?? villageId,
    healthWorker: place.villages.find((village) => village.id === villageId)?.healthWorker ?? null,
    people: people(own),
    languages: LANGS.map((lang) => ({ lang, people: people(own.filter((group) => group.lang === lang)) })).filter((line) => line.people > 0),
  }]));
  const reasons = [...Map.groupBy(groups.filter((group) => group.reason !== null), (group) => `${group.box}|${group.reason ?? ''}`)].flatMap(([, own]) => {
    const [first] = own;
    return first === undefined ? [] : [{ box: first.box, reason: first.reason ?? '', people: people(own) }];
  });
  const most = (boxes: ReachBoxes): number => NOT_REACHED.reduce((sum, box) => sum + boxes[box], 0);
  return {
    audience: people(groups), boxes: boxesOf(groups),
    reasons: reasons.sort((a, b) => b.people - a.people),
    villages: villages.sort((a, b) => most(b.boxes) - most(a.boxes) || b.audience - a.audience),
    doors: doors.sort((a, b) => b.people - a.people),
  };
}

/** The report as a table: one line a village and one for all, for a spreadsheet. `words` are the headings. */
export function reachCsv(reach: Reach, words: { village: string; audience: string; all: string; unknownVillage: string; box: (box: ReachBox) => string }): string {
  const cell = (text: string | number): string => {
    const plain = String(text);
    // A cell that begins like a formula would be one.
    const safe = /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const line = (name: string, audience: number, boxes: ReachBoxes): string => [name, audience, ...REACH_BOXES.map((box) => boxes[box])].map(cell).join(',');
  return [
    [words.village, words.audience, ...REACH_BOXES.map(words.box)].map(cell).join(','),
    ...reach.villages.map((village) => line(village.name ?? words.unknownVillage, village.audience, village.boxes)),
    line(words.all, reach.audience, reach.boxes),
  ].join('\r\n').concat('\r\n');
}

const NOT_REACHED: readonly ReachBox[] = ['unknown', 'failed', 'unreachable'];

function boxesOf(groups: readonly ReachGroup[]): ReachBoxes {
  const boxes: ReachBoxes = { delivered: 0, seen: 0, voice: 0, waiting: 0, unknown: 0, failed: 0, unreachable: 0 };
  for (const group of groups) boxes[group.box] += group.people;
  return boxes;
}

const people = (groups: readonly ReachGroup[]): number => groups.reduce((sum, group) => sum + group.people, 0);
