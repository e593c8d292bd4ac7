import { CAMPAIGN_KINDS } from '#bot/campaigns/kinds.ts';
import { type Effect, type Purpose, type ResidentView } from '#bot/conversation/turn.ts';
import { addChild, changeChild, childrenOf, dropChildren, openReminder, reminderOf } from '#bot/store/children.ts';
import { choicesAnnounced } from '#bot/store/announced.ts';
import { dropKind } from '#bot/store/campaigns.ts';
import { consentHistory, recordConsent, standing } from '#bot/store/consents.ts';
import { keepContext, openContext } from '#bot/store/contexts.ts';
import { eraseAtOwnWish } from '#bot/store/erasure.ts';
import { groupsOf, joinGroup, leaveGroup } from '#bot/store/groups.ts';
import type { Person, PersonChange } from '#bot/store/people.ts';
import { recordRightsRequest } from '#bot/store/rights.ts';
import { dropQueued } from '#bot/store/sending.ts';
import type { Tx } from '#bot/store/schema.ts';
import { tracesOf } from '#bot/store/traces.ts';
import { heardWhileHeld, heldFor } from '#bot/store/talks.ts';
import { openTicket } from '#bot/store/tickets.ts';
import { QUIET_MS } from '#bot/tickets/desk.ts';
import { dayOf } from '#knowledge/day.ts';
import { deadlinesFor, rightNamedIn } from './deadlines.ts';

/** "Đã tiêm", and a bare number, answer a reminder for so long. */
const ANSWERED_WITHIN_MS = 14 * 86_400_000;

/** A bare number answers an announcement for so long. */
const ANNOUNCED_WITHIN_MS = 24 * 3_600_000;

/** What is known of a person when they act at `atMs`. */
export async function viewOf(tx: Tx, person: Person, atMs: number): Promise<ResidentView> {
  const traces = await tracesOf(tx, person.id, atMs);
  const history = traces.consents ? await consentHistory(tx, person.id) : [];
  const consents = standing(history);
  const held = traces.held ? await heldFor(tx, person.id, atMs) : null;
  const reminderId = consents.includes('reminders') ? await openReminder(tx, person.id, atMs - ANSWERED_WITHIN_MS) : null;
  const groups = traces.groups ? await groupsOf(tx, person.id) : [];
  const context = openContext(tx, person, traces.context, atMs);
  // "1" or "2" under an announcement answers it, if nothing else was shown since.
  const announced = consents.includes('announcements') ? await choicesAnnounced(tx, person.id, Math.max(context?.atMs ?? 0, atMs - ANNOUNCED_WITHIN_MS)) : [];
  return {
    lang: person.lang,
    villageId: person.villageId,
    greeted: person.greeted,
    ...(Object.keys(person.languagesAsked).length === 0 ? {} : { languagesAsked: person.languagesAsked }),
    consents,
    answered: [...new Set(history.map((consent) => consent.purpose))],
    context: announced.length === 0 ? context : { ...context, choices: announced, atMs: context?.atMs ?? atMs },
    ...(person.offered ? { offered: true } : {}),
    ...(groups.length === 0 ? {} : { groups }),
    ...(held === null ? {} : { held }),
    ...(reminderId === null ? {} : { reminded: { reminderId } }),
  };
}

/** What effects came to: whom replies now belong to, what is still to be written to the person, and what was opened. */
export type Applied = { person: Person; change: PersonChange; ticketIds: number[]; erased: boolean };

/**
 * Makes a turn's effects true, in order. Changes to the person's own row are given back rather than written, so that
 * they go out in one statement with the replies.
 */
export async function applyEffects(tx: Tx, begun: Person, effects: readonly Effect[], inboxId: number | null): Promise<Applied> {
  const applied: Applied = { person: begun, change: {}, ticketIds: [], erased: false };
  for (const effect of effects) await apply(tx, applied, effect, inboxId);
  return applied;
}

async function apply(tx: Tx, applied: Applied, effect: Effect, inboxId: number | null): Promise<void> {
  const { person, change } = applied;
  switch (effect.kind) {
    case 'ticket': {
      const ticketId = await openTicket(tx, person, effect.ticket, inboxId);
      applied.ticketIds.push(ticketId);
      if (effect.ticket.kind === 'rights') {
        const right = rightNamedIn(effect.ticket.reasons);
        await recordRightsRequest(tx, { personId: person.id, ticketId, right, askedMs: tx.nowMs, ...deadlinesFor(right, tx.nowMs) });
      }
      return;
    }
    case 'held':
      await heardWhileHeld(tx, effect.ticketId, QUIET_MS);
      return;
    case 'context':
      await keepContext(tx, person, effect.context);
      return;
    case 'language':
      change.lang = effect.lang;
      return;
    case 'language-asked':
      change.languagesAsked = { ...person.languagesAsked, ...change.languagesAsked, [effect.lang]: effect.times };
      return;
    case 'village':
      change.villageId = effect.villageId;
      return;
    case 'consent':
      await recordConsent(tx, person.id, effect);
      if (effect.given && UNASKED.includes(effect.purpose) && person.state === 'stopped') change.state = 'active';
      if (!effect.given && effect.purpose === 'village') change.villageId = null;
      if (!effect.given) await dropRefused(tx, person.id, effect.purpose);
      if (!effect.given && effect.purpose === 'reminders') await endReminders(tx, person.id);
      return;
    case 'child':
      await addChild(tx, person, { ...effect.child, lateTold: [] });
      return;
    case 'vaccinated':
      await noteGiven(tx, person, effect.reminderId);
      return;
    case 'greeted':
      change.greeted = true;
      return;
    case 'offered':
      change.offered = true;
      return;
    case 'group':
      await (effect.joined ? joinGroup(tx, person.id, effect.group) : leaveGroup(tx, person.id, effect.group));
      return;
    case 'stop':
      await stop(tx, person);
      change.state = 'stopped';
      return;
    case 'export':
      // Changes nothing: what is held is told among the replies.
      return;
    case 'erase':
      applied.person = await eraseAtOwnWish(tx, person, inboxId);
      applied.change = {};
      applied.erased = true;
      return;
    default:
      effect satisfies never;
  }
}

/** Purposes under which we write to people who have not just asked something. */
const UNASKED: readonly Purpose[] = ['announcements', 'reminders'];

/** A kind that is refused is taken back at once, also out of what is being sent. */
async function dropRefused(tx: Tx, personId: string, purpose: Purpose): Promise<void> {
  const kind = CAMPAIGN_KINDS.find((known) => purpose === `kind-${known}`);
  if (kind !== undefined) await dropKind(tx, personId, kind);
}

/** Withdraws what may be agreed to beyond answers, also from who was never asked, and takes back what is queued. */
async function stop(tx: Tx, person: Person): Promise<void> {
  const latest = new Map((await consentHistory(tx, person.id)).map((consent) => [consent.purpose, consent.given]));
  for (const purpose of UNASKED) {
    if (latest.get(purpose) !== false) await recordConsent(tx, person.id, { purpose, given: false, textVersion: 'stop' });
  }
  await dropQueued(tx, person.id, { kinds: ['reminder', 'announcement'], reason: 'stopped' });
  await dropChildren(tx, person.id);
}

/** Without the consent there is no purpose left for which a child's birth might be kept. */
async function endReminders(tx: Tx, personId: string): Promise<void> {
  await dropQueued(tx, personId, { kinds: ['reminder'], reason: 'stopped' });
  await dropChildren(tx, personId);
}

/** "Đã tiêm" on a reminder of a session: given on its day, once that day has come; on one of lateness: on a day nobody said. */
async function noteGiven(tx: Tx, person: Person, reminderId: number): Promise<void> {
  const reminder = await reminderOf(tx, person, reminderId);
  if (reminder === null) return;
  const on = reminder.sessionId !== null && reminder.day <= dayOf(tx.nowMs) ? reminder.day : null;
  for (const { id, child } of await childrenOf(tx, person)) {
    const rows = reminder.doses.filter((dose) => dose.childId === id).flatMap((dose) => dose.rows).filter((row) => !child.given.some((known) => known.id === row));
    if (rows.length > 0) await changeChild(tx, person, id, { ...child, given: [...child.given, ...rows.map((row) => ({ id: row, on }))] });
  }
}
