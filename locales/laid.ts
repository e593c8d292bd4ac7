import type { Card } from '#knowledge/card.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { cardHash, hashOf, standingOf, type TextStatus, type Translation, type Translations } from '#knowledge/translation.ts';
import type { Approval } from './exchange.ts';

/** What translators wrote in the console, laid over the files: a text or a card's part at a time, under the keys of exchanges. */
export type LaidText = {
  lang: Highland;
  /** `chat:passed.lead`, `card:5k.mask#answer`. */
  key: string;
  text: string;
  /** Hash of the Vietnamese that it renders. */
  of: string;
  approval: Approval | null;
};

/** Matches no Vietnamese: what carries it is stale. */
const STALE = '0'.repeat(16);

/**
 * The translations with what was written over them. A card counts as approved when each of its parts is, and is stale as
 * soon as one part renders an older Vietnamese.
 */
export function layTranslations(files: Translations, laid: readonly LaidText[], cards: readonly Card[]): Translations {
  const parts = Map.groupBy(laid.filter(({ key }) => key.startsWith('card:')), ({ key, lang }) => `${key.slice(5).split('#')[0] ?? ''} ${lang}`);
  const over = new Map<string, Translation>();
  for (const card of cards) {
    for (const lang of ['jra', 'bdq'] as const) {
      const rows = parts.get(`${card.id} ${lang}`);
      const made = rows === undefined ? null : translated(card, lang, files.get(card.id, lang), rows);
      if (made !== null) over.set(`${card.id} ${lang}`, made);
    }
  }
  return {
    get: (id, lang) => over.get(`${id} ${lang}`) ?? files.get(id, lang),
    all: [...files.all.filter(({ id, lang }) => !over.has(`${id} ${lang}`)), ...over.values()],
    faults: files.faults,
  };
}

function translated(card: Card, lang: Highland, before: Translation | undefined, rows: readonly LaidText[]): Translation | null {
  const rowOf = (name: 'question' | 'answer' | 'more'): LaidText | undefined => rows.find(({ key }) => key === `card:${card.id}#${name}`);
  const [question, answer] = [rowOf('question')?.text ?? before?.question, rowOf('answer')?.text ?? before?.answer];
  const more = rowOf('more')?.text ?? before?.more ?? null;
  // Without a label and an answer there is nothing to show yet.
  if (question === undefined || answer === undefined) return null;
  const clinical = before?.clinical ?? null;
  const stood: Approval | null = before?.status.status === 'approved' && standingOf(before, card) === 'approved' ? before.status : null;
  const present = (['question', 'answer', ...(more === null ? [] : ['more' as const])] as const);
  const isOld = present.some((name) => {
    const row = rowOf(name);
    return row !== undefined && row.of !== hashOf(card[name] ?? '');
  });
  const approvals = present.map((name) => (rowOf(name) === undefined ? stood : rowOf(name)?.approval ?? null));
  const signed = approvals.every((approval) => approval !== null) ? approvals.at(-1) ?? null : null;
  const of = isOld ? STALE : cardHash(card, { more, clinical });
  const status: TextStatus = signed === null || clinical !== null ? { status: 'draft', of } : { status: 'approved', of, by: signed.by, dialect: signed.dialect, on: signed.on };
  return { id: card.id, lang, status, variants: before?.variants ?? [], question, answer, more, clinical };
}
