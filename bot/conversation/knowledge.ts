import type { Card } from '#knowledge/card.ts';
import type { Identify } from '#knowledge/identify/identify.ts';
import type { Pin } from '#bot/outbreak/pins.ts';
import type { Judge } from '#knowledge/judgement.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Place, Placeholder } from '#knowledge/place.ts';
import type { Matters } from '#knowledge/matters.ts';
import type { Standing, Target, Translation } from '#knowledge/translation.ts';
import type { Voices } from './aloud.ts';
import type { VaccinationDesk } from './vaccination.ts';
import type { Texts } from '#locales/texts.ts';

/** What the conversation needs of the knowledge. Asked anew at each turn, so that a published change is live at once. */
export type Knowledge = {
  judge: Judge;
  /** The card if it exists and may be shown on that turn's day; undefined otherwise. */
  card: (id: string, nowMs: number) => Card | undefined;
  /** The card in another language, and what it is worth now; undefined where nobody has written one. */
  translation: (id: string, lang: Target) => { text: Translation; standing: Standing } | undefined;
  /** Which language a message is written in. */
  identify: Identify;
  /** A message in Vietnamese words, for reading days, ages and villages in it; Vietnamese comes back as it is. */
  inVietnamese: (text: string, lang: Lang) => string;
};

/** What a knowledge that has only Vietnamese says of other languages. */
export const VIETNAMESE_ONLY: Pick<Knowledge, 'translation' | 'identify' | 'inVietnamese'> = {
  translation: () => undefined,
  identify: () => ({ lang: 'vi', near: null, margin: 0, runnerUp: null, words: 0 }),
  inVietnamese: (text) => text,
};

/** Everything a turn is made of. */
export type ConverseDeps = {
  knowledge: () => Knowledge;
  place: Place;
  /** The place's values for the placeholders of cards. */
  facts: Record<Placeholder, string>;
  texts: Texts;
  /** Whether cards are told in drafts too; only while a turn is made for the second time (see `beside.ts`). */
  drafts?: boolean;
  vaccination: VaccinationDesk;
  /** Notices that the head of the station has pinned, as of now. */
  pins: () => readonly Pin[];
  /** Voice notes of residents who agree can be written down here. @defaultValue false */
  transcribes?: boolean;
  /** What can be heard instead of read. @defaultValue nothing */
  voices?: Voices;
  /** Whose work a question is, and which messages are reports. @defaultValue everything is health, nothing a report */
  matters?: Matters;
  /** False: nobody of the station would notice a danger sign now. @defaultValue nothing is said of it */
  someoneHears?: () => boolean;
  /** What the station has answered to this very question, if it has. @defaultValue nothing */
  stationAnswer?: (text: string, forwarded: boolean, lang: Lang) => { answer: string; name: string; title: string; atMs: number; /** Subject of the recording that goes with it. */ voice?: string | null } | null;
};
