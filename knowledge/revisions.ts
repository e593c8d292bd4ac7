import { createHash } from 'node:crypto';
import { parseCard, type Card } from './card.ts';
import type { Day } from './day.ts';
import { isValidOn, type Base, type FiledCard } from './load.ts';

/**
 * What staff changed lies over the files. A revision wins over the file it was made from; when the file has changed
 * since, both stay and the conflict is named, until somebody says which of the two holds.
 */
export type Revision = {
  cardId: string;
  /** The whole card in the form of its file; null: what the file says holds again. */
  text: string | null;
  /** Fingerprint of the file's card when the revision was made; null when there was no such file. */
  of: string | null;
};

/** A card whose file has changed since the revision over it was made. `file` is what the file says now; null: it is gone. */
export type Conflict = { cardId: string; file: Card | null };

export type LaidBase = Base & {
  /** Ids of cards that come from a revision. */
  revised: ReadonlySet<string>;
  conflicts: Conflict[];
  /** The cards as the files have them. */
  fromFiles: ReadonlyMap<string, FiledCard>;
};

/** The base with the revisions laid over it, one for each card at most. A revision that cannot be read is left out and named. */
export function layRevisions(base: Base, revisions: readonly Revision[], today: Day): LaidBase {
  const filed = new Map(base.filed.map((each) => [each.card.id, each]));
  const faults = [...base.faults];
  const revised = new Set<string>();
  const conflicts: Conflict[] = [];
  const fromFiles = new Map(filed);
  for (const { cardId, text, of } of revisions) {
    if (text === null) continue;
    const read = parseCard(text);
    const file = `${cardId.split('.')[0] ?? ''}/${cardId}.md`;
    if (!read.ok) {
      faults.push(...read.faults.map((fault) => ({ ...fault, file, severity: 'error' as const })));
      continue;
    }
    const under = fromFiles.get(cardId);
    if (differs(under?.card, of) && (under === undefined || cardPrint(under.card) !== cardPrint(read.card))) conflicts.push({ cardId, file: under?.card ?? null });
    filed.set(cardId, { card: read.card, file: under?.file ?? `${read.card.topic}/${cardId}.md` });
    revised.add(cardId);
  }
  const all = [...filed.values()].sort((a, b) => (a.card.id < b.card.id ? -1 : 1));
  return {
    cards: all.filter(({ card }) => isValidOn(card, today)).map(({ card }) => card),
    filed: all,
    expired: all.filter(({ card }) => !isValidOn(card, today)).map(({ card }) => card.id),
    faults, revised, conflicts, fromFiles,
  };
}

function differs(card: Card | undefined, of: string | null): boolean {
  return (card === undefined ? null : cardPrint(card)) !== of;
}

/** Sixteen signs that change with anything a card says; not with how its file is laid out. */
export function cardPrint(card: Card): string {
  const { id, topic, question, variants, sources, validFrom, validUntil, reviewBy, review, related, answer, more, clinical } = card;
  const named = sources.map(({ name, date, url }) => [name, date, url ?? null]);
  const signed = review.status === 'signed' ? [review.by, review.role, review.on] : [];
  return createHash('sha256').update(JSON.stringify([id, topic, question, variants, named, validFrom, validUntil, reviewBy, signed, related, answer, more ?? '', clinical ?? ''])).digest('hex').slice(0, 16);
}
