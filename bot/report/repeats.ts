import { listTickets } from '#bot/store/tickets.ts';
import type { Tx } from '#bot/store/schema.ts';
import { DOMAINS } from '#bot/store/tables/staff.ts';
import { alikeTickets } from '#bot/tickets/alike.ts';
import { tellHeads } from './count.ts';

/** One question that more and more people ask and nobody has answered. */

const PEOPLE = 5;
const WITHIN_MS = 3 * 86_400_000;
const LOOKED_AT = 300;

/** The newest question there is; whoever has looked at it needs not look again. */
export async function newestTicket(tx: Tx): Promise<number> {
  const row = await tx.db.selectFrom('tickets').select(({ fn }) => fn.max('id').as('id')).executeTakeFirst();
  return row?.id ?? 0;
}

/** Looks at questions newer than `afterId` that wait; gives the newest looked at, to go on from. */
export async function lookForRepeats(tx: Tx, afterId: number): Promise<number> {
  const waiting = await listTickets(tx, { accountId: '', domains: DOMAINS }, 'waiting', LOOKED_AT);
  const newest = waiting.reduce((latest, { id }) => Math.max(latest, id), afterId);
  const recent = waiting.filter(({ createdMs }) => createdMs >= tx.nowMs - WITHIN_MS);
  const told = new Set<number>();
  for (const ticket of recent.filter(({ id }) => id > afterId)) {
    if (told.has(ticket.id)) continue;
    const same = alikeTickets(ticket, recent, LOOKED_AT).filter((each) => each.same).map((each) => each.ticket);
    const all = [ticket, ...same];
    const people = new Set(all.map(({ personId }) => personId)).size;
    for (const { id } of all) told.add(id);
    if (people < PEOPLE) continue;
    const first = Math.min(...all.map(({ id }) => id));
    await tellHeads(tx, { key: `repeated|${first}`, sign: 'repeated', village: '', people, usual: 0, ticketId: first }, '');
  }
  return newest;
}
