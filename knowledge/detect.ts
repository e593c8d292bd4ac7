import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rows } from './lexicon.ts';
import type { Lang } from './lang.ts';
import { clean, fold, words } from './text.ts';

/** Which language a message seems to be written in, by telling words and letters. Vietnamese unless others clearly lead. */

export type LanguageCues = { marked: ReadonlyMap<string, Lang>; folded: ReadonlyMap<string, Lang> };

/** Reads `languages.tsv`: word, language. */
export async function loadLanguageCues(dir: string): Promise<LanguageCues> {
  const list = rows(await readFile(join(dir, 'languages.tsv'), 'utf8'));
  const marked = new Map<string, Lang>();
  const folded = new Map<string, Lang>();
  for (const [word, lang] of list) {
    if (lang !== 'jra' && lang !== 'bdq' && lang !== 'en') continue;
    marked.set(word.toLowerCase(), lang);
    if (fold(word) === word || word.length >= 4) folded.set(fold(word.toLowerCase()), lang);
  }
  return { marked, folded };
}

const CUE = 2;
const VIETNAMESE_TONE = /[\u0300\u0301\u0303\u0309\u0323]/;
const CLEAR_LEAD = 2;

/** The likeliest language. Below a clear lead it is Vietnamese, which every resident's phone writes. */
export function detectLanguage(text: string, cues: LanguageCues): Lang {
  const scores: Record<Lang, number> = { vi: 0, jra: 0, bdq: 0, en: 0 };
  const found = words(clean(text)).slice(0, 80);
  for (const { marked, folded } of found) {
    const cue = cues.marked.get(marked) ?? (marked === folded ? cues.folded.get(folded) : undefined);
    if (cue !== undefined) scores[cue] += CUE;
    const letters = marked.normalize('NFD');
    if (VIETNAMESE_TONE.test(letters) && !/[ơưêôâ]\u0306/.test(letters)) scores.vi += 1.2;
    if (/[čñ]/.test(marked)) scores.jra += 0.8;
    if (/[ơưêô]\u0306/.test(letters)) scores.bdq += 0.5;
    if (marked.includes('ƀ')) scores.jra += 0.3;
    if (/h$/.test(folded) && !/(nh|ch)$/.test(folded)) {
      scores.bdq += 0.5;
      scores.jra += 0.4;
    }
    if (/^(hm|hn|hl|hr|dr|pr|kr|br|gr)/.test(folded)) {
      scores.jra += 0.4;
      scores.bdq += 0.4;
    }
  }
  for (const lang of ['jra', 'bdq', 'en'] as const) {
    const others = Math.max(...(['vi', 'jra', 'bdq', 'en'] as const).filter((other) => other !== lang).map((other) => scores[other]));
    if (scores[lang] >= CUE && scores[lang] - others >= CLEAR_LEAD * 0.5 && scores[lang] >= found.length * 0.25) return lang;
  }
  return 'vi';
}
