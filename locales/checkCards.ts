import type { Card } from '#knowledge/card.ts';
import { statusFileSchema, type Translations } from '#knowledge/translation.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLabel, LABEL_LETTERS, labelLetters } from './exchange.ts';
import { isGuarded } from './guarded.ts';
import { residentTexts } from './standing.ts';

/** What can be wrong with the languages as a whole, beyond single words and keys. */

/** One thing wrong: where, which rule (`locales:fault.<rule>`), and the words that name it. */
export type LanguageFault = { file: string; key: string; rule: 'label-too-long' | 'card-values' | 'no-status' | 'status-without-text' | 'guarded-draft'; detail: string };

/** Buttons with their Vietnamese in brackets, values of translated cards, and the status file, for Jrai and Bahnar. `dir` is the folder `locales`. */
export function checkLanguages(dir: string, cards: readonly Card[], translations: Translations): LanguageFault[] {
  const vietnamese = residentTexts(dir, 'vi');
  const texts = (['jra', 'bdq'] as const).flatMap((lang): LanguageFault[] => {
    const own = residentTexts(dir, lang);
    const status = statusFileSchema.parse(JSON.parse(readFileSync(join(dir, lang, 'status.json'), 'utf8')));
    const fileOf = (key: string) => `${lang}/${key.split(':')[0] ?? ''}.json`;
    return [
      ...[...own].flatMap(([key, text]): LanguageFault[] => {
        const length = labelLetters(text, vietnamese.get(key) ?? '');
        return isLabel(key) && length > LABEL_LETTERS ? [{ file: fileOf(key), key, rule: 'label-too-long', detail: `${length} > ${LABEL_LETTERS}` }] : [];
      }),
      ...[...own.keys()].filter((key) => status[key] === undefined).map((key): LanguageFault => ({ file: `${lang}/status.json`, key, rule: 'no-status', detail: '' })),
      ...Object.keys(status).filter((key) => !own.has(key)).map((key): LanguageFault => ({ file: `${lang}/status.json`, key, rule: 'status-without-text', detail: '' })),
      ...[...own.keys()].filter((key) => isGuarded(key) && status[key]?.status !== 'approved').map((key): LanguageFault => ({ file: fileOf(key), key, rule: 'guarded-draft', detail: '' })),
    ];
  });
  const values = translations.all.flatMap((translation): LanguageFault[] => {
    const card = cards.find(({ id }) => id === translation.id);
    const meant = valuesIn(card === undefined ? [] : [card.answer, card.more, card.clinical]);
    const strange = valuesIn([translation.answer, translation.more, translation.clinical]).filter((value) => !meant.includes(value));
    return strange.length === 0 ? [] : [{ file: `${translation.id}.${translation.lang}.md`, key: 'body', rule: 'card-values', detail: strange.join(', ') }];
  });
  return [...texts, ...values];
}

function valuesIn(texts: readonly (string | null)[]): string[] {
  return texts.flatMap((text) => [...(text ?? '').matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)].map((hit) => hit[1] ?? ''));
}
