import { clean, foldWord, words } from '#knowledge/text.ts';
import type { Ticket } from '#bot/store/tickets.ts';
import { askedIn, isSame } from './same-question.ts';

/** Questions that ask the same, so that one answer may go to everybody who asked. Staff have the last word. */

/** Share of common words from which a question is taken to ask the same; below it is only offered. */
const SAME = 0.5;
const NEAR = 0.3;
/** With fewer words than this, common words say nothing. */
const LEAST_WORDS = 3;

export type Alike = { ticket: Ticket; same: boolean };

/** Of the waiting tickets, those that ask what `asked` asks, the likest first. Danger, rights and the sensitive class are never grouped. */
export function alikeTickets(asked: Ticket, waiting: readonly Ticket[], limit: number): Alike[] {
  const mine = syllables(asked.question);
  if (!isGrouped(asked) || mine.size < LEAST_WORDS) return [];
  const meant = askedIn(asked.question ?? '');
  return waiting
    .filter((ticket) => ticket.id !== asked.id && ticket.personId !== asked.personId && ticket.domain === asked.domain && ticket.state === 'open' && isGrouped(ticket) && (ticket.kind === 'rumour') === (asked.kind === 'rumour'))
    // Greetings around the question count as words; what the inbox folds as surely the same is chosen all the same.
    .map((ticket) => ({ ticket, share: isSame(meant, askedIn(ticket.question ?? ''), asked.kind === 'rumour') ? 1 : shareOf(mine, syllables(ticket.question)) }))
    .filter(({ share }) => share >= NEAR)
    .sort((a, b) => b.share - a.share || a.ticket.id - b.ticket.id)
    .slice(0, limit)
    .map(({ ticket, share }) => ({ ticket, same: share >= SAME }));
}

/** Kinds of which many may be answered as one; of the rest each has its own reader or clock. */
export function isGrouped(ticket: Ticket): boolean {
  return ticket.kind === 'question' || ticket.kind === 'rumour';
}

/** Common words over all words, without marks: residents write them or leave them out. */
function shareOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (b.size < LEAST_WORDS) return 0;
  const common = [...a].filter((word) => b.has(word)).length;
  return common / (a.size + b.size - common);
}

function syllables(question: string | null): Set<string> {
  return new Set(words(clean(question ?? '')).map((word) => foldWord(word.folded)));
}
