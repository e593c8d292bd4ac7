import { standingAnswers, type StationAnswer } from '#bot/store/station-words.ts';
import type { Store } from '#bot/store/store.ts';
import { askedIn, isSame, type Asked } from './same-question.ts';

/** The answers that the station gives to whoever asks the same later, held ready because a turn of conversation waits for nothing. */
export type StationAnswers = {
  refresh: () => Promise<void>;
  /** The answer to this very question, or, of a forwarded text, the verdict on it; null when the station has said nothing. */
  find: (text: string, forwarded: boolean) => { answer: string; name: string; title: string; atMs: number } | null;
};

export function createStationAnswers(store: Store, clock: () => number): StationAnswers {
  let standing: (StationAnswer & { asked: Asked })[] = [];
  return {
    refresh: async () => {
      standing = (await store.read(standingAnswers)).map((each) => ({ ...each, asked: askedIn(each.question) }));
    },
    find: (text, forwarded) => {
      if (standing.length === 0) return null;
      const asked = askedIn(text);
      const found = standing.find((each) => each.untilMs > clock() && (each.kind === 'rumour') === forwarded && isSame(asked, each.asked, forwarded));
      return found === undefined ? null : { answer: found.answer, name: found.name, title: found.title, atMs: found.createdMs };
    },
  };
}
