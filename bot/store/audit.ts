import type { Tx } from './schema.ts';

/** What staff did, added to and never changed. `detail` holds short words, never what a resident or a colleague wrote. */
export type Deed = { accountId: string | null; what: DeedKind; ticketId?: number; detail?: string };

export const DEEDS = [
  'set-up', 'invited', 'joined', 'logged-in', 'login-failed', 'logged-out', 'session-ended', 'code-set', 'account-ended',
  'opened', 'read', 'taken', 'handed-back', 'answered', 'delivered', 'closed', 'reopened', 'moved', 'bot-speaks', 'linked', 'unlinked', 'roster', 'translated', 'recorded', 'exported', 'by-hand', 'answer-kept', 'right-done',
  'card-drafted', 'card-published', 'card-signed', 'card-dropped', 'outside-added', 'outside-dropped', 'session-kept', 'session-cancelled', 'place-changed', 'rise-seen',
  'campaign-created', 'campaign-changed', 'campaign-asked', 'campaign-started', 'campaign-paused', 'campaign-resumed', 'campaign-stopped', 'campaign-retried', 'campaign-made-up', 'campaign-left-out',
  'pinned', 'pin-ended', 'campaign-settings',
  'document-added', 'document-dropped',
] as const;
export type DeedKind = (typeof DEEDS)[number];

export type AuditEntry = { atMs: number; accountName: string | null; what: string; detail: string };

export async function record(tx: Tx, deed: Deed): Promise<void> {
  await tx.db.insertInto('audit').values({
    at_ms: tx.nowMs, account_id: deed.accountId, what: deed.what, ticket_id: deed.ticketId ?? null, detail: deed.detail ?? '',
  }).execute();
}

/** What happened to one ticket, oldest first. */
export async function historyOf(tx: Tx, ticketId: number): Promise<AuditEntry[]> {
  const rows = await tx.db.selectFrom('audit').leftJoin('accounts', 'accounts.id', 'audit.account_id')
    .select(['audit.at_ms', 'accounts.name', 'audit.what', 'audit.detail'])
    .where('audit.ticket_id', '=', ticketId).orderBy('audit.id').execute();
  return rows.map((row) => ({ atMs: row.at_ms, accountName: row.name, what: row.what, detail: row.detail }));
}
