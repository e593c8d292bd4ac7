import type { Handling } from '#bot/delivery/handle.ts';
import { createConverse } from '#bot/conversation/converse.ts';
import { sayFacts } from '#bot/conversation/assemble.ts';
import { apology } from '#bot/conversation/reply.ts';
import { tellHeld } from '#bot/conversation/held.ts';
import { VIETNAMESE_ONLY, type ConverseDeps } from '#bot/conversation/knowledge.ts';
import { handleOldest } from '#bot/delivery/handle.ts';
import type { Domain } from '#bot/store/tables/staff.ts';
import { receive } from '#bot/store/inbox.ts';
import type { Store } from '#bot/store/store.ts';
import { loadReckoning } from '#bot/vaccination/desk.ts';
import { loadPlace } from '#knowledge/place.ts';
import { createTexts, type Texts } from '#locales/texts.ts';
import type { Verdict } from '#test/conversation/world.ts';
import type { Actor } from '#bot/tickets/desk.ts';

/** A station where every question goes to a person, except what `verdicts` says; residents write, staff act. */
export type Station = { texts: Texts; handling: Handling; say: (store: Store, address: string, text: string) => Promise<string[]> };

export async function station(clock: () => number, verdicts: Record<string, Verdict> = {}): Promise<Station> {
  const place = await loadPlace('knowledge/places/mau');
  if (!place.ok) throw new Error('the sample place does not load');
  const texts = await createTexts();
  const deps: ConverseDeps = {
    knowledge: () => ({
      judge: (question) => ({ lang: 'vi', score: 1, reasons: ['test'], ...((Object.hasOwn(verdicts, question) ? verdicts[question] : undefined) ?? { outcome: 'escalate' }) }),
      card: () => undefined,
      ...VIETNAMESE_ONLY,
    }),
    place: place.place,
    facts: sayFacts(place.place, texts),
    texts,
    vaccination: { ...await loadReckoning(place.place), sessions: () => [], calendarUrl: () => null },
    pins: () => [],
  };
  const handling: Handling = { converse: createConverse(deps), apology: (lang) => apology(deps, lang), tellHeld: (held, lang) => tellHeld(deps, held, lang, 90) };
  return {
    texts,
    handling,
    say: async (store, address, text) => {
      const received = await store.write((tx) => receive(tx, { channel: 'web', platformId: crypto.randomUUID(), address, atMs: clock(), content: { kind: 'text', text, forwarded: false } }, { inCall: true }));
      const result = await store.write((tx) => handleOldest(tx, received.personId, handling));
      return result.kind === 'handled' ? result.rows.map((row) => row.piece.text) : [];
    },
  };
}

export const ALL_DOMAINS: readonly Domain[] = ['health', 'social', 'food', 'order'];

/** Somebody of the station, written down so that tickets can name them. */
export async function member(store: Store, name: string, domains: readonly Domain[] = ALL_DOMAINS): Promise<Actor> {
  const accountId = `staff-${name}`;
  await store.write((tx) => tx.db.insertInto('accounts').values({
    id: accountId, login: name.toLowerCase(), name, title: 'Y sĩ', role: 'answerer', domains: JSON.stringify(domains), password: '', totp_sealed: null, totp_step: 0, created_ms: tx.nowMs, ended_ms: null,
  }).execute());
  return { accountId, name, title: 'Y sĩ', domains };
}
