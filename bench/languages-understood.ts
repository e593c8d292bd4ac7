import { fileURLToPath } from 'node:url';
import { openKnowledge } from '#bot/conversation/open-knowledge.ts';
import { createVocabularies } from '#bot/conversation/readings.ts';
import { createLanguageJudge, THRESHOLDS, type Reading, type Thresholds } from '#knowledge/gloss/judge.ts';
import { createPhrasings } from '#knowledge/gloss/phrasings.ts';
import { keysOf, loadOrthography, type Highland } from '#knowledge/identify/orthography.ts';
import { loadTermbase } from '#locales/words.ts';
import { windowsOf } from './languages.ts';

/**
 * What is made of a question in Jrai or Bahnar. Each known way of asking is asked while it is held out itself, and its
 * card known by its other phrasings only; what stands beside is running text that asks for nothing.
 */
export type Understood = { lang: Highland; asked: number; right: number; wrong: number; offered: number; offeredWrong: number; staff: number; beside: number; besideAnswered: number; besideOffered: number };

const PLACE = fileURLToPath(new URL('../knowledge/places/mau', import.meta.url));
const GLOSSARY = fileURLToPath(new URL('../locales/glossary', import.meta.url));
/** What a passage of running text must hold to be a message. */
const PASSAGE_WORDS = 8;

/** Prepares once; the measure may then be taken with other thresholds. `part` 0 or 1: every second question only. */
export async function openUnderstood(nowMs: number): Promise<(thresholds?: Thresholds, part?: 0 | 1) => Understood[]> {
  const live = await openKnowledge(PLACE, nowMs);
  const [translations, open, understanding] = [live.translations(), live.open(), live.understanding()];
  const vocabularies = createVocabularies();
  const orthography = loadOrthography();
  const languages = (['jra', 'bdq'] as const).map((lang) => {
    const base = loadTermbase(GLOSSARY, lang);
    const { gloss } = vocabularies.reading(lang, []);
    const phrasings = translations.all.filter((one) => one.lang === lang).flatMap(({ id, question, variants }) => [question, ...variants].map((text) => ({ id, text, keys: keysOf(text, lang, orthography, base.weigh) })));
    const held = phrasings.map((one, at): { id: string; text: string; reading: Reading } => {
      const find = createPhrasings(phrasings.filter((_, i) => i !== at));
      return { id: one.id, text: one.text, reading: { gloss, nearest: (text) => find(keysOf(text, lang, orthography, base.weigh)) } };
    });
    return { lang, held, whole: vocabularies.reading(lang, translations.all), beside: windowsOf(lang, PASSAGE_WORDS) };
  });
  return (thresholds = THRESHOLDS, part) => languages.map(({ lang, held, whole, beside }) => {
    const found: Understood = { lang, asked: 0, right: 0, wrong: 0, offered: 0, offeredWrong: 0, staff: 0, beside: 0, besideAnswered: 0, besideOffered: 0 };
    const mine = <T>(all: readonly T[]): T[] => all.filter((_, i) => part === undefined || i % 2 === part);
    for (const { id, text, reading } of mine(held)) {
      const judged = createLanguageJudge(open.judge, understanding.identify, () => reading, thresholds).judge(text, { nowMs, lang });
      found.asked += 1;
      if (judged.outcome === 'answer') found[judged.cardId === id ? 'right' : 'wrong'] += 1;
      else if (judged.outcome === 'clarify') found[judged.options.includes(id) ? 'offered' : 'offeredWrong'] += 1;
      else found.staff += 1;
    }
    const { judge } = createLanguageJudge(open.judge, understanding.identify, () => whole, thresholds);
    for (const text of mine(beside)) {
      const judged = judge(text, { nowMs, lang });
      found.beside += 1;
      if (judged.outcome === 'answer') found.besideAnswered += 1;
      else if (judged.outcome === 'clarify') found.besideOffered += 1;
    }
    return found;
  });
}
