import { dayOf } from '#knowledge/day.ts';
import type { Glossed } from '#knowledge/gloss/gloss.ts';
import { createLanguageJudge, type Reading } from '#knowledge/gloss/judge.ts';
import { createOpenJudge, type OpenJudge } from '#knowledge/judge.ts';
import { isValidOn, loadCards, type Base } from '#knowledge/load.ts';
import { normalise } from '#knowledge/normalise.ts';
import { layRevisions, type LaidBase, type Revision } from '#knowledge/revisions.ts';
import { layTranslations, type LaidText } from '#locales/laid.ts';
import { loadTranslations, standingOf, type Translations } from '#knowledge/translation.ts';
import { loadUnderstanding, type Understanding } from '#knowledge/understanding.ts';
import { cardFolders, KNOWLEDGE_DIR } from './assemble.ts';
import type { Knowledge } from './knowledge.ts';
import { createVocabularies } from './readings.ts';

/** The knowledge as it is now. */
export type LiveKnowledge = {
  current: () => Knowledge;
  /** The cards as they are told, with what staff changed laid over the files. */
  base: () => LaidBase;
  /** The judge with a view of its workings, for whoever tries a question. */
  open: () => OpenJudge;
  /** Word lists and danger signs, with the questions that staff keep for themselves. */
  understanding: () => Understanding;
  /** Ids of the cards nearest to a question, the nearest first, sure or not: help for a person who answers. */
  nearest: (question: string, limit: number) => string[];
  /** The cards as their files have them, without anything that was taken over from a question. */
  files: () => Base;
  /** Cards in other languages, with what translators wrote laid over the files. */
  translations: () => Translations;
  /** The same as their files have them. */
  shippedTranslations: () => Translations;
  /** Word lists and danger signs as they ship. */
  shipped: Understanding;
  /** Reads the cards again: at a new day some begin and some run out. What is being answered meanwhile is not disturbed. */
  refresh: (nowMs: number) => Promise<void>;
};

/** What staff changed in the console. */
export type StaffChanges = { revisions: Revision[]; outside: [theme: string, question: string][]; /** Texts of translators. */ translations?: LaidText[] };

/**
 * Loads the cards that ship and the place's own. Without a given `understanding` it reads the one that ships, and throws
 * when its danger signs or word lists cannot be read: nothing may start without them. `changes` is asked at each refresh.
 */
export async function openKnowledge(placeDir: string, nowMs: number, given?: Understanding, changes: () => Promise<StaffChanges> = unchanged): Promise<LiveKnowledge> {
  const shipped = given ?? await loadUnderstanding(KNOWLEDGE_DIR);
  const vocabularies = createVocabularies();
  const load = async (atMs: number) => {
    const [files, changed] = await Promise.all([loadCards(cardFolders(placeDir), dayOf(atMs)), changes()]);
    const base = layRevisions(files, changed.revisions, dayOf(atMs));
    const understanding = { ...shipped, notCovered: [...shipped.notCovered, ...changed.outside] };
    const cards = new Map(base.cards.map((card) => [card.id, card]));
    const written = base.filed.map(({ card }) => card);
    const shippedTranslations = await loadTranslations(cardFolders(placeDir), written);
    const translations = layTranslations(shippedTranslations, changed.translations ?? [], written);
    const open = createOpenJudge(base.cards, understanding);
    const readings = new Map<Glossed, Reading>();
    const readingOf = (lang: Glossed): Reading => {
      const reading = readings.get(lang) ?? vocabularies.reading(lang, translations.all.filter(({ id }) => cards.has(id)));
      readings.set(lang, reading);
      return reading;
    };
    const { judge, inVietnamese } = createLanguageJudge(open.judge, understanding.identify, readingOf);
    const knowledge: Knowledge = {
      judge, inVietnamese,
      identify: understanding.identify,
      translation: (id, lang) => {
        const text = translations.get(id, lang);
        const card = cards.get(id);
        return text === undefined || card === undefined ? undefined : { text, standing: standingOf(text, card) };
      },
      card: (id, askedMs) => {
        const card = cards.get(id);
        return card !== undefined && isValidOn(card, dayOf(askedMs)) ? card : undefined;
      },
    };
    const nearest = (question: string, limit: number): string[] => open.weigh(normalise(question, open.reader).syllables).field.cards.slice(0, limit).map((hit) => hit.id);
    return { base, knowledge, nearest, open, understanding, files, translations, shippedTranslations };
  };
  let now = await load(nowMs);
  return {
    current: () => now.knowledge,
    base: () => now.base,
    open: () => now.open,
    understanding: () => now.understanding,
    nearest: (question, limit) => now.nearest(question, limit),
    files: () => now.files,
    translations: () => now.translations,
    shippedTranslations: () => now.shippedTranslations,
    shipped,
    refresh: async (atMs) => {
      now = await load(atMs);
    },
  };
}

function unchanged(): Promise<StaffChanges> {
  return Promise.resolve({ revisions: [], outside: [] });
}
