import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Card } from '#knowledge/card.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { standingOf, statusFileSchema, textStanding, type Standing, type Translations } from '#knowledge/translation.ts';
import { isApart, isGuarded, isWordList } from './guarded.ts';
import type { LaidText } from './laid.ts';

/** How far each language is: what is approved, a draft, stale, missing, among interface texts and among cards. */

export type Count = Record<Standing, number>;

/** `guarded`: how many of the missing texts wait for a speaker by rule, because they are never shown as drafts. */
export type LanguageStanding = { lang: Highland; texts: Count; cards: Count; guarded: number; stale: string[] };

/** The files of interface texts that residents read. */
const RESIDENT_FILES = ['chat', 'vaccination', 'web', 'telegram', 'zalo'] as const;

type Tree = { [key: string]: string | Tree };
const tree: z.ZodType<Tree> = z.lazy(() => z.record(z.string(), z.union([z.string(), tree])));

/** Every text of one language that residents read, by its key (`chat:passed.lead`). `dir` is the folder `locales`. Throws when a file is not JSON. */
export function residentTexts(dir: string, lang: 'vi' | Highland): Map<string, string> {
  const all = RESIDENT_FILES.flatMap((name) => [...flat(tree.parse(JSON.parse(readFileSync(join(dir, lang, `${name}.json`), 'utf8'))), `${name}:`)]);
  return new Map(all.filter(([key]) => !isApart(key)));
}

/**
 * Counts one language; word lists by which questions are understood are not texts and do not count. `laid` are the texts
 * that translators wrote over the files; `translations` have those of cards already.
 */
export function languageStanding(dir: string, lang: Highland, cards: readonly Card[], translations: Translations, laid: readonly LaidText[] = []): LanguageStanding {
  const own = residentTexts(dir, lang);
  const status = statusFileSchema.parse(JSON.parse(readFileSync(join(dir, lang, 'status.json'), 'utf8')));
  const counted: LanguageStanding = { lang, texts: none(), cards: none(), guarded: 0, stale: [] };
  for (const [key, vietnamese] of residentTexts(dir, 'vi')) {
    if (isWordList(key)) continue;
    const over = laid.find((text) => text.lang === lang && text.key === key);
    const standing = over === undefined ? textStanding(own.get(key), vietnamese, status[key]) : textStanding(over.text, vietnamese, over.approval === null ? { status: 'draft', of: over.of } : { status: 'approved', of: over.of, ...over.approval });
    counted.texts[standing] += 1;
    if (standing === 'missing' && isGuarded(key)) counted.guarded += 1;
    if (standing === 'stale') counted.stale.push(key);
  }
  for (const card of cards) {
    const standing = standingOf(translations.get(card.id, lang), card);
    counted.cards[standing] += 1;
    if (standing === 'stale') counted.stale.push(`card:${card.id}`);
  }
  return counted;
}

function none(): Count {
  return { approved: 0, draft: 0, stale: 0, missing: 0 };
}

function flat(node: Tree, prefix: string): Map<string, string> {
  return new Map(Object.entries(node).flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[prefix + key, value]] : [...flat(value, `${prefix}${key}.`)])));
}
