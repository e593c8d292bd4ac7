import type { Card } from '#knowledge/card.ts';
import type { Judge } from '#knowledge/judgement.ts';
import type { Place, Placeholder } from '#knowledge/place.ts';
import type { VaccinationDesk } from './vaccination.ts';
import type { Texts } from '#locales/texts.ts';

/** What the conversation needs of the knowledge. Asked anew at each turn, so that a published change is live at once. */
export type Knowledge = {
  judge: Judge;
  /** The card if it exists and may be shown on that turn's day; undefined otherwise. */
  card: (id: string, nowMs: number) => Card | undefined;
};

/** Everything a turn is made of. */
export type ConverseDeps = {
  knowledge: () => Knowledge;
  place: Place;
  /** The place's values for the placeholders of cards. */
  facts: Record<Placeholder, string>;
  texts: Texts;
  vaccination: VaccinationDesk;
};
