import { fileURLToPath } from 'node:url';
import type { Glossed } from '#knowledge/gloss/gloss.ts';
import { createEnglishGlosser, createHighlandGlosser } from '#knowledge/gloss/gloss.ts';
import type { Reading } from '#knowledge/gloss/judge.ts';
import { createPhrasings, type Keys } from '#knowledge/gloss/phrasings.ts';
import { keysOf, loadOrthography, type Highland, type Orthography } from '#knowledge/identify/orthography.ts';
import { wordsOf } from '#knowledge/identify/words.ts';
import type { Translation } from '#knowledge/translation.ts';
import { loadTermbase, type Termbase } from '#locales/words.ts';

const GLOSSARY = fileURLToPath(new URL('../../locales/glossary', import.meta.url));

/** Words and phrasings of the languages besides Vietnamese, each read when the first message in it comes. */
export type Vocabularies = {
  reading: (lang: Glossed, translations: readonly Translation[]) => Reading;
};

/** The word lists are kept from one call to the next; phrasings are made from the translations handed in. */
export function createVocabularies(): Vocabularies {
  let orthography: Orthography | null = null;
  const bases = new Map<Highland, Termbase>();
  const glossers = new Map<Glossed, Reading['gloss']>();
  const letters = () => (orthography ??= loadOrthography());
  const baseOf = (lang: Highland): Termbase => {
    const base = bases.get(lang) ?? loadTermbase(GLOSSARY, lang);
    bases.set(lang, base);
    return base;
  };
  const glosserOf = (lang: Glossed): Reading['gloss'] => {
    const glosser = glossers.get(lang) ?? (lang === 'en' ? createEnglishGlosser() : createHighlandGlosser(lang, baseOf(lang), letters()));
    glossers.set(lang, glosser);
    return glosser;
  };
  const keysIn = (lang: Glossed, text: string): Keys => (lang === 'en' ? wordsOf(text.toLowerCase()) : keysOf(text, lang, letters(), baseOf(lang).weigh));
  return {
    reading: (lang, translations) => {
      const find = createPhrasings(translations.filter((one) => one.lang === lang).flatMap(({ id, question, variants }) => [question, ...variants].map((text) => ({ id, keys: keysIn(lang, text) }))));
      return { gloss: glosserOf(lang), nearest: (text) => find(keysIn(lang, text.slice(0, 2_000))) };
    },
  };
}
