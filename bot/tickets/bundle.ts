import type { Ticket } from '#bot/store/tickets.ts';
import { isGrouped } from './alike.ts';
import { askedIn, isSame, type Asked } from './same-question.ts';

/**
 * Questions that are surely the same, so that forty of them in an outbreak are told to the station as one: the first that
 * waits stands for those that came after it, while it waits itself.
 */
export type Bundles = {
  /** The question that is told in place of this one; null when it is told itself. */
  leadOf: (ticket: Ticket) => Ticket | null;
  /** Those that wait under this one, free for anybody. */
  under: (lead: Ticket) => Ticket[];
  /** Everybody's question that is the same and free. */
  asking: (ticket: Ticket) => Ticket[];
};

/** `waiting` are the tickets that wait for an answer, with their words. */
export function bundle(waiting: readonly Ticket[]): Bundles {
  const same = sameness();
  const byAge = [...waiting].sort((a, b) => a.id - b.id);
  const asking = (ticket: Ticket): Ticket[] => byAge.filter((other) => other.state === 'open' && same(ticket, other));
  return {
    asking,
    leadOf: (ticket) => (ticket.state === 'open' ? byAge.find((other) => other.id < ticket.id && same(other, ticket)) ?? null : null),
    under: (lead) => asking(lead).filter((other) => other.id > lead.id),
  };
}

/** A list in which those that surely ask the same as one above them stand under it: the first of each, and how many more. */
export function folded(listed: readonly Ticket[]): { ticket: Ticket; more: number }[] {
  const same = sameness();
  const leads: { ticket: Ticket; more: number }[] = [];
  for (const ticket of listed) {
    const lead = ticket.state === 'open' ? leads.find((each) => each.ticket.state === 'open' && same(each.ticket, ticket)) : undefined;
    if (lead === undefined) leads.push({ ticket, more: 0 });
    else lead.more += 1;
  }
  return leads;
}

/** Whether two tickets surely ask the same; each question is read once. */
function sameness(): (a: Ticket, b: Ticket) => boolean {
  const read = new Map<number, Asked>();
  const asked = (ticket: Ticket): Asked => {
    const known = read.get(ticket.id) ?? askedIn(ticket.question ?? '');
    read.set(ticket.id, known);
    return known;
  };
  return (a, b) => a.id !== b.id && a.personId !== b.personId && a.domain === b.domain && isGrouped(a) && isGrouped(b)
    && (a.kind === 'rumour') === (b.kind === 'rumour') && isSame(asked(a), asked(b), a.kind === 'rumour');
}
