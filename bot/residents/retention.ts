import { forgetOldContexts } from '#bot/store/contexts.ts';
import { forgetNotices } from '#bot/store/notices.ts';
import { countOverdueTickets, forgetAlong, forgetAnswerVoices, forgetMessages, forgetPieces, forgetQuestions, forgetReminders, forgetSpoken, forgetTheGone, type Bounds } from '#bot/store/retention.ts';
import { forgetCountedOnce } from '#bot/store/counts.ts';
import { dropOldDrafts } from '#bot/store/revisions.ts';
import type { Tx } from '#bot/store/schema.ts';
import { dayOf } from '#knowledge/day.ts';
import type { Store } from '#bot/store/store.ts';

/** What a night's work came to, in counts. */
export type RetentionReport = {
  /** Words received, words sent, and questions to staff that were taken away. */
  messages: number;
  replies: number;
  questions: number;
  reminders: number;
  /** Spoken answers. */
  spoken: number;
  /** Pictures and readings aloud of announcements that ended. */
  along: number;
  /** Voices of answers that serve nobody any more. */
  answerVoices: number;
  contexts: number;
  /** Drafts of cards that somebody's question began and nobody finished. */
  drafts: number;
  /** People who had left the channel and are now erased. */
  people: number;
  /** Tickets still open although their words are past keeping; they keep them until somebody closes the ticket. */
  overdueTickets: number;
};

const DAY_MS = 86_400_000;
const PIECE = 500;

/**
 * Takes away what people wrote and were written more than `textDays` ago, and what is left of those who have gone.
 * Rows without words stay for the counts. Runs beside everything else, in small pieces; run again, it finds nothing.
 */
export async function keepRetention(store: Store, options: { textDays: number; nowMs: number }): Promise<RetentionReport> {
  const beforeMs = options.nowMs - options.textDays * DAY_MS;
  const all = async (forget: (tx: Tx, bounds: Bounds) => Promise<number>): Promise<number> => {
    for (let total = 0; ;) {
      const done = await store.write((tx) => forget(tx, { beforeMs, limit: PIECE }));
      total += done;
      if (done < PIECE) return total;
    }
  };
  const report: RetentionReport = {
    messages: await all(forgetMessages),
    replies: await all(forgetPieces),
    questions: await all(forgetQuestions),
    reminders: await all(forgetReminders),
    spoken: await all(forgetSpoken),
    along: await all(forgetAlong),
    answerVoices: await all(forgetAnswerVoices),
    contexts: await store.write(forgetOldContexts),
    drafts: await store.write((tx) => dropOldDrafts(tx, beforeMs)),
    people: await all(forgetTheGone),
    overdueTickets: await store.read((tx) => countOverdueTickets(tx, beforeMs)),
  };
  await store.write((tx) => forgetNotices(tx, beforeMs));
  await store.write((tx) => forgetCountedOnce(tx, dayOf(options.nowMs - 14 * DAY_MS)));
  await store.scrub();
  return report;
}
