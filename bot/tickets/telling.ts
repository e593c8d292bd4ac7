import { may } from '#bot/accounts/accounts.ts';
import { lineOf, shiftsFrom } from '#bot/store/duty.ts';
import { addNotices, mark, type NewNotice } from '#bot/store/notices.ts';
import type { Tx } from '#bot/store/schema.ts';
import type { DutyLine } from '#bot/store/tables/staff.ts';
import type { NoticeKind, Stage } from '#bot/store/tables/tickets.ts';
import { linkedAccounts, type Linked } from '#bot/store/staff-links.ts';
import { waitingTickets, type Waiting } from '#bot/store/tickets.ts';
import { addDays, dayOf, epochOf, weekdayOf } from '#knowledge/day.ts';
import { isOpen, minutesOf, type Place } from '#knowledge/place.ts';
import { weekThatLacks } from './roster.ts';

/**
 * Who of the station is told of a question, and when. A promised time runs through four stages: the duty person is told
 * at once, reminded at half, the next person hears at the end (which is a breach, and recorded), the head half as long
 * after that. Each stage is a row that can be written once, in the transaction that writes its notices: a restart or a
 * second process finds it written and does nothing.
 */

export type TellOptions = {
  place: Pick<Place, 'answerHours'>;
  /** There is a staff group to tell. */
  group: boolean;
};

/** Brings every waiting ticket to the stage that its time has reached, and reminds of the roster. True when somebody is to be told. */
export async function keepTime(tx: Tx, options: TellOptions): Promise<boolean> {
  const tickets = await waitingTickets(tx);
  const due = tickets.flatMap((ticket) => dueStages(ticket, tx.nowMs).map((stage) => ({ ticket, stage })));
  const reminded = await remindOfRoster(tx);
  if (due.length === 0) return reminded;
  const team = await teamNow(tx);
  let told = reminded;
  for (const { ticket, stage } of due) {
    if (!await mark(tx, ticket.id, ticket.dueMs, stage)) continue;
    told = await addNotices(tx, noticesOf(ticket, stage, team, tx.nowMs, options)) > 0 || told;
  }
  return told;
}

/** Stages that have been reached and not yet marked. Of several that were slept through, only the last is told besides the first. */
function dueStages(ticket: Pick<Waiting, 'askedMs' | 'dueMs' | 'stages'>, nowMs: number): Stage[] {
  const span = Math.max(0, ticket.dueMs - ticket.askedMs);
  const reached: Stage[] = [
    'told',
    ...(nowMs >= ticket.askedMs + span / 2 && nowMs < ticket.dueMs ? ['half' as const] : []),
    ...(nowMs >= ticket.dueMs ? ['end' as const] : []),
    ...(nowMs >= ticket.dueMs + span / 2 ? ['head' as const] : []),
  ];
  return reached.filter((stage) => !ticket.stages.includes(stage));
}

/** Who may be told now: those on duty today, by line and in their order, and everybody who can log in. */
export type Team = { all: Linked[]; onDuty: (line: DutyLine) => Linked[] };

async function teamNow(tx: Tx): Promise<Team> {
  const all = await linkedAccounts(tx);
  const shifts = await shiftsFrom(tx, dayOf(tx.nowMs), 1);
  const of = (line: DutyLine): Linked[] => shifts.filter((shift) => shift.line === line).flatMap((shift) => all.find((account) => account.id === shift.accountId) ?? []);
  return { all, onDuty: (line) => [...new Set([...of(line), ...of('always')])] };
}

/** Whom one stage of one ticket concerns, the first to be called first. People are only told of their own domains. */
function toBeTold(ticket: Pick<Waiting, 'kind' | 'domain' | 'holderId' | 'lang'>, stage: Stage, team: Team): Linked[] {
  const able = team.all.filter((account) => may(account.role, 'answer') && account.domains.includes(ticket.domain));
  const heads = able.filter((account) => account.role === 'head');
  // Among those on duty, who speaks the resident's language is called first.
  const speaks = (account: Linked): boolean => ticket.lang === undefined || ticket.lang === 'vi' || account.languages.includes(ticket.lang);
  const called = team.onDuty(lineOf(ticket.domain)).filter((account) => able.includes(account));
  const duty = [...called.filter(speaks), ...called.filter((account) => !speaks(account))];
  const holder = able.filter((account) => account.id === ticket.holderId);
  if (stage === 'head') return heads;
  if (ticket.kind === 'danger') return stage === 'end' ? [...new Set([...heads, ...duty])] : duty.length > 0 ? duty : able;
  if (ticket.kind === 'sensitive') {
    // One reader, and nobody who is not on duty for health; only where the roster is empty, the head.
    const readers = duty.length > 0 ? duty : heads;
    const at = Math.max(0, readers.findIndex((account) => account.id === ticket.holderId));
    return readers.slice(stage === 'end' ? at + 1 : at).slice(0, 1);
  }
  const first = holder.length > 0 ? holder : duty.slice(0, 1);
  if (stage === 'end') {
    const next = duty.filter((account) => !first.includes(account)).slice(0, 1);
    return next.length > 0 ? next : heads;
  }
  // Without a roster everybody whose work it is hears of it, rather than nobody.
  return first.length > 0 ? first : able;
}

const KIND_OF: Record<Stage, NoticeKind> = { told: 'new', half: 'half', end: 'end', head: 'head' };

function noticesOf(ticket: Waiting, stage: Stage, team: Team, nowMs: number, options: TellOptions): NewNotice[] {
  // What waits until the morning disturbs nobody at night.
  const notBeforeMs = ticket.priority === 'urgent' ? nowMs : Math.min(Math.max(nowMs, nextOpening(options.place.answerHours, nowMs)), Math.max(nowMs, ticket.dueMs));
  const key = (to: string): string => `${stage}:${ticket.id}:${ticket.dueMs}:${to}`;
  const common = { kind: KIND_OF[stage], ticketId: ticket.id, notBeforeMs };
  return [
    ...toBeTold(ticket, stage, team).filter((account) => account.userId !== null).map((account): NewNotice => ({ ...common, dedupeKey: key(account.id), accountId: account.id })),
    // The sensitive class is never shown to a group, not even that it is there. A card at night rings on no phone.
    ...(options.group && ticket.kind !== 'sensitive' ? [{ ...common, notBeforeMs: nowMs, dedupeKey: key('group'), accountId: null }] : []),
  ];
}

/** The instant at which staff begin to answer again; `nowMs` within their hours. */
export function nextOpening(hours: Place['answerHours'], nowMs: number): number {
  if (isOpen(hours, nowMs)) return nowMs;
  const today = dayOf(nowMs);
  const openings = Array.from({ length: 8 }, (_, n) => addDays(today, n)).flatMap((day) => hours
    .filter((span) => span.weekdays.includes(weekdayOf(day)))
    .map((span) => epochOf(day) + minutesOf(span.from) * 60_000));
  return Math.min(...openings.filter((atMs) => atMs >= nowMs));
}

/** Friday afternoon, and until Monday: the heads hear of a next week that has no full roster, once. */
async function remindOfRoster(tx: Tx): Promise<boolean> {
  const monday = await weekThatLacks(tx);
  if (monday === null) return false;
  const heads = (await linkedAccounts(tx)).filter((account) => account.role === 'head' && account.userId !== null);
  return await addNotices(tx, heads.map((account) => ({ dedupeKey: `roster:${monday}:${account.id}`, kind: 'roster', ticketId: null, accountId: account.id, detail: monday }))) > 0;
}
