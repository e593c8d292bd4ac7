import type { Card } from '#knowledge/card.ts';
import { addDays, epochOf } from '#knowledge/day.ts';

/** From which moment a card is shown no more (epoch ms): its last day still belongs to it. */
export function cardEndMs({ validUntil }: Pick<Card, 'validUntil'>): number {
  return epochOf(addDays(validUntil, 1));
}
