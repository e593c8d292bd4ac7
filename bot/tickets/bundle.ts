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
  const read = new Map<number, Asked>();
  const asked = (ticket: Ticket): Asked => {
    const known = read.get(ticket.id) ?? askedIn(ticket.question ?? '');
    read.set(ticket.id, known);
    return known;
  };
  const same = (a: Ticket, b: Ticket): boolean => a.id !== b.id && a.personId !== b.personId && a.domain === b.domain && isGrouped(a) && isGrouped(b)
    && (a.kind === 'rumour') === (b.kind === 'rumour') && isSame(asked(a), asked(b), a.kind === 'rumour');
  const byAge = [...waiting].sort((a, b) => a.id - b.id);
  const asking = (ticket: Ticket): Ticket[] => byAge.filter((other) => other.state === 'open' && same(ticket, other));
  return {
    asking,
    leadOf: (ticket) => (ticket.state === 'open' ? byAge.find((other) => other.id < ticket.id && same(other, ticket)) ?? null : null),
    under: (lead) => asking(lead).filter((other) => other.id > lead.id),
  };
}
