import { leaseIsOver } from './leases.ts';
import type { Tx } from './schema.ts';
import type { NoticeKind, NoticeTable, Stage } from './tables/tickets.ts';

/**
 * What staff are told: one row a person (or the group) and event, written in the transaction that makes the event true.
 * A row holds no words, so that there is nothing to erase in it; `dedupeKey` is what makes it one, in however many processes.
 */
export type NewNotice = { dedupeKey: string; kind: NoticeKind; ticketId: number | null; accountId: string | null; replyTo?: number | null; detail?: string; notBeforeMs?: number };

export type Notice = { id: number; kind: NoticeKind; ticketId: number | null; accountId: string | null; replyTo: number | null; detail: string; attempts: number; createdMs: number };

/** Gives how many were new. */
export async function addNotices(tx: Tx, notices: readonly NewNotice[]): Promise<number> {
  if (notices.length === 0) return 0;
  const rows = await tx.db.insertInto('notices').values(notices.map((each) => ({
    dedupe_key: each.dedupeKey, kind: each.kind, ticket_id: each.ticketId, account_id: each.accountId, reply_to: each.replyTo ?? null, detail: each.detail ?? '',
    state: 'queued' as const, attempts: 0, not_before_ms: each.notBeforeMs ?? 0, lease: null, lease_until_ms: null, reason: null, created_ms: tx.nowMs, settled_ms: null,
  }))).onConflict((c) => c.column('dedupe_key').doNothing()).returning('id').execute();
  return rows.length;
}

/**
 * Claims what may be sent now. A row whose sender died while sending is claimed again: to be told twice is a nuisance, not
 * to be told at all is what this part exists to prevent.
 */
export async function claimNotices(tx: Tx, options: { lease: string; leaseMs: number; limit: number }): Promise<Notice[]> {
  const due = await tx.db.selectFrom('notices').select('id').where('state', 'in', ['queued', 'sending']).where('not_before_ms', '<=', tx.nowMs)
    .where((eb) => eb.or([eb('lease_until_ms', 'is', null), leaseIsOver('lease_until_ms', tx.nowMs, options.leaseMs)]))
    .orderBy('id').limit(options.limit).$if(tx.engine === 'postgres', (query) => query.forUpdate().skipLocked()).execute();
  if (due.length === 0) return [];
  const rows = await tx.db.updateTable('notices').set((eb) => ({ state: 'sending' as const, lease: options.lease, lease_until_ms: tx.nowMs + options.leaseMs, attempts: eb('attempts', '+', 1) }))
    .where('id', 'in', due.map((row) => row.id)).returning(['id', 'kind', 'ticket_id as ticketId', 'account_id as accountId', 'reply_to as replyTo', 'detail', 'attempts', 'created_ms as createdMs']).execute();
  return rows.sort((a, b) => a.id - b.id);
}

/** What became of a claimed notice. `later` puts it back until then. */
export type NoticeOutcome = { kind: 'sent' } | { kind: 'failed'; why: string } | { kind: 'later'; notBeforeMs: number; why: string };

export async function settleNotice(tx: Tx, id: number, lease: string, outcome: NoticeOutcome): Promise<void> {
  const ended = { lease: null, lease_until_ms: null };
  const row = tx.db.updateTable('notices').where('id', '=', id).where('lease', '=', lease);
  switch (outcome.kind) {
    case 'sent':
      await row.set({ ...ended, state: 'sent', reason: null, settled_ms: tx.nowMs }).execute();
      return;
    case 'failed':
      await row.set({ ...ended, state: 'failed', reason: outcome.why, settled_ms: tx.nowMs }).execute();
      return;
    case 'later':
      await row.set({ ...ended, state: 'queued', reason: outcome.why, not_before_ms: outcome.notBeforeMs }).execute();
  }
}

/** Marks that a promised time has come so far; false when it had been marked, by whichever process. */
export async function mark(tx: Tx, ticketId: number, dueMs: number, stage: Stage): Promise<boolean> {
  const row = await tx.db.insertInto('ticket_marks').values({ ticket_id: ticketId, due_ms: dueMs, stage, at_ms: tx.nowMs })
    .onConflict((c) => c.columns(['ticket_id', 'due_ms', 'stage']).doNothing()).returning('id').executeTakeFirst();
  return row !== undefined;
}

/** Another circle of people answers now: they are told anew. A breach that was recorded stays. */
export async function tellAnew(tx: Tx, ticketId: number): Promise<void> {
  await tx.db.deleteFrom('ticket_marks').where('ticket_id', '=', ticketId).where('stage', 'in', ['told', 'half']).execute();
}

/** A promise that was not kept: when it was made, until when, and when an answer came after all. */
export type Breach = { ticketId: number; kind: string; domain: string; priority: 'urgent' | 'normal'; askedMs: number; dueMs: number; answeredMs: number | null };

/** Promised times that ran out within a span, oldest first; for the report. Holds no words. */
export async function breachesBetween(tx: Tx, fromMs: number, toMs: number): Promise<Breach[]> {
  const rows = await tx.db.selectFrom('ticket_marks').innerJoin('tickets', 'tickets.id', 'ticket_marks.ticket_id')
    .select(['tickets.id as ticketId', 'tickets.kind', 'tickets.domain', 'tickets.priority', 'tickets.asked_ms as askedMs', 'ticket_marks.due_ms as dueMs', 'tickets.answered_ms as answeredMs'])
    .where('ticket_marks.stage', '=', 'end').where('ticket_marks.due_ms', '>=', fromMs).where('ticket_marks.due_ms', '<', toMs).orderBy('ticket_marks.id').execute();
  return rows.map((row) => ({ ...row, answeredMs: row.answeredMs !== null && row.answeredMs > row.dueMs ? row.answeredMs : null }));
}

/** Forgets what was told so long ago that nobody asks; gives how many. */
export async function forgetNotices(tx: Tx, beforeMs: number): Promise<number> {
  const result = await tx.db.deleteFrom('notices').where('settled_ms', '<', beforeMs).executeTakeFirst();
  await tx.db.deleteFrom('staff_heard').where('at_ms', '<', beforeMs).execute();
  await tx.db.deleteFrom('link_codes').where('expires_ms', '<', beforeMs).execute();
  return Number(result.numDeletedRows);
}

/** How many notices are in each state; for the metrics. */
export async function countNotices(tx: Tx): Promise<Record<NoticeTable['state'], number>> {
  const rows = await tx.db.selectFrom('notices').select(['state', ({ fn }) => fn.countAll<number>().as('count')]).groupBy('state').execute();
  const counts: Record<NoticeTable['state'], number> = { queued: 0, sending: 0, sent: 0, failed: 0 };
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}
