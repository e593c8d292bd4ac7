import { PURPOSES, type Purpose } from '#bot/conversation/turn.ts';
import type { Tx } from './schema.ts';

/** What people agreed to, purpose by purpose. Every yes and no stays, as proof of who, when and to which words. */

export type Consent = { purpose: Purpose; given: boolean; textVersion: string; atMs: number };

export async function recordConsent(tx: Tx, personId: string, consent: Omit<Consent, 'atMs'>): Promise<void> {
  await tx.db.insertInto('consents').values({
    person_id: personId,
    purpose: consent.purpose,
    given: consent.given ? 1 : 0,
    text_version: consent.textVersion,
    at_ms: tx.nowMs,
  }).execute();
}

/** Every yes and no of the person, oldest first. */
export async function consentHistory(tx: Tx, personId: string): Promise<Consent[]> {
  const rows = await tx.db.selectFrom('consents').select(['purpose', 'given', 'text_version', 'at_ms'])
    .where('person_id', '=', personId).orderBy('id').execute();
  return rows.map((row) => ({ purpose: row.purpose, given: row.given === 1, textVersion: row.text_version, atMs: row.at_ms }));
}

/** The purposes that hold now: those whose latest word was yes. */
export async function consentsOf(tx: Tx, personId: string): Promise<Purpose[]> {
  return standing(await consentHistory(tx, personId));
}

/** What holds now for each of these people; who has never said anything is not among them. */
export async function consentsOfMany(tx: Tx, personIds: readonly string[]): Promise<ReadonlyMap<string, Purpose[]>> {
  if (personIds.length === 0) return new Map();
  const rows = await tx.db.selectFrom('consents').select(['person_id', 'purpose', 'given', 'text_version', 'at_ms'])
    .where('person_id', 'in', [...new Set(personIds)]).orderBy('id').execute();
  const histories = Map.groupBy(rows, (row) => row.person_id);
  return new Map([...histories].map(([id, history]) => [id, standing(history.map((row) => ({ purpose: row.purpose, given: row.given === 1, textVersion: row.text_version, atMs: row.at_ms })))]));
}

/** The purposes whose latest word was yes. */
export function standing(history: Consent[]): Purpose[] {
  const latest = new Map(history.map((consent) => [consent.purpose, consent.given]));
  return PURPOSES.filter((purpose) => latest.get(purpose) === true);
}
