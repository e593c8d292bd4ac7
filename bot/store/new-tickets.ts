import type { Tx } from './schema.ts';
import type { Reader } from './tickets.ts';

/** Free tickets that came after this one, and how many of them cannot wait. Counts only: it is asked for every open page. */
export async function newTickets(tx: Tx, reader: Reader, afterId: number): Promise<{ count: number; urgent: number }> {
  if (reader.domains.length === 0) return { count: 0, urgent: 0 };
  const rows = await tx.db.selectFrom('tickets').select(['priority', ({ fn }) => fn.countAll<number>().as('count')])
    .where('state', '=', 'open').where('id', '>', afterId).where('domain', 'in', [...reader.domains]).groupBy('priority').execute();
  const of = (priority: 'urgent' | 'normal'): number => rows.find((row) => row.priority === priority)?.count ?? 0;
  return { count: of('urgent') + of('normal'), urgent: of('urgent') };
}
