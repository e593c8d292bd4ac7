import { record } from '#bot/store/audit.ts';
import type { Person } from '#bot/store/people.ts';
import type { Tx } from '#bot/store/schema.ts';
import { noteByHand, talkOf } from '#bot/store/talks.ts';
import { changeTicket, waitingOf } from '#bot/store/tickets.ts';
import type { TicketKind } from '#bot/conversation/turn.ts';
import { beginSpeaking, endSpeaking, QUIET_MS, type DeskTexts } from './desk.ts';

/**
 * Somebody of the station answers a resident outside our desk, in a platform's own manager, and only the platform knows
 * who. What they write there is the answer of the resident's tickets and closes them, and the same silence begins as when
 * somebody takes a ticket here: it is the same column, so that nobody has to know which of the two it is.
 */

/** Kinds that such an answer closes. The others have a reader or a clock of their own. */
const CLOSES: readonly TicketKind[] = ['question', 'human', 'media', 'rumour', 'danger'];

/** One message that a person of the station wrote at `atMs`. `done`: they say with it that the program may go on. */
export async function answeredByHand(tx: Tx, texts: DeskTexts, person: Person, said: { atMs: number; done: boolean }): Promise<void> {
  const atMs = Math.min(said.atMs, tx.nowMs);
  // An event that came late is still the answer to what had been asked by then; its silence may be over.
  const untilMs = said.done || atMs + QUIET_MS <= tx.nowMs ? null : atMs + QUIET_MS;
  const before = await talkOf(tx, person.id);
  const waiting = (await waitingOf(tx, person.id)).filter((ticket) => CLOSES.includes(ticket.kind) && ticket.askedMs <= atMs);
  for (const ticket of waiting) {
    await changeTicket(tx, ticket.id, ticket.version, { state: 'closed', answered_ms: atMs, closed_ms: tx.nowMs, held_until_ms: null });
    await record(tx, { accountId: null, what: 'by-hand', ticketId: ticket.id });
  }
  if (untilMs === null) {
    await noteByHand(tx, person, null);
    if (before !== null && said.done) await endSpeaking(tx, texts, person);
    return;
  }
  await noteByHand(tx, person, Math.max(untilMs, before?.untilMs ?? 0));
  if (before === null) await beginSpeaking(tx, texts, null, person);
}
