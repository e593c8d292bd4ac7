import { standingAnswers, subjectOfAnswer, type StationAnswer } from '#bot/store/station-words.ts';
import type { Store } from '#bot/store/store.ts';
import type { Lang } from '#knowledge/lang.ts';
import { askedIn, isSame, type Asked } from './same-question.ts';

/** The answers that the station gives to whoever asks the same later, held ready because a turn of conversation waits for nothing. */
/** `voice`: the subject of the recording that goes with it. */
export type Found = { answer: string; name: string; title: string; atMs: number; voice: string | null };

export type StationAnswers = {
  refresh: () => Promise<void>;
  /** The answer to this very question, or, of a forwarded text, the verdict on it; null when the station has said nothing. A spoken one is for those who chose its language. */
  find: (text: string, forwarded: boolean, lang: Lang) => Found | null;
};

export function createStationAnswers(store: Store, clock: () => number): StationAnswers {
  let standing: (StationAnswer & { asked: Asked })[] = [];
  return {
    refresh: async () => {
      standing = (await store.read(standingAnswers)).map((each) => ({ ...each, asked: askedIn(each.question) }));
    },
    find: (text, forwarded, lang) => {
      if (standing.length === 0) return null;
      const asked = askedIn(text);
      const found = standing.find((each) => each.untilMs > clock() && (each.lang === null || each.lang === lang) && (each.kind === 'rumour') === forwarded && isSame(asked, each.asked, forwarded));
      return found === undefined ? null : { answer: found.answer, name: found.name, title: found.title, atMs: found.createdMs, voice: found.lang === null ? null : subjectOfAnswer(found.ticketId) };
    },
  };
}
