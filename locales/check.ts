import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LANGS, type Lang } from '#knowledge/lang.ts';

/** One thing wrong with an interface text: where it stands, and which rule it breaks (`locales:fault.<rule>` in words). */
export type TextFault = { file: string; key: string; rule: 'unknown-key' | 'placeholders' | 'empty' | 'not-nfc' | 'plural' | 'not-json' };

type Tree = { [key: string]: string | Tree };
const treeSchema: z.ZodType<Tree> = z.lazy(() => z.record(z.string(), z.union([z.string(), treeSchema])));

/**
 * Compares every language with the Vietnamese, which is the original: the same keys, the same `{{values}}`, composed
 * letters, nothing empty. Jrai and Bahnar have no plural forms, so `_one` and the like must not occur in them.
 */
export function checkTexts(dir: string): TextFault[] {
  const faults: TextFault[] = [];
  const original = new Map<string, Map<string, string>>();
  for (const lang of ['vi', ...LANGS.filter((other) => other !== 'vi')] as const satisfies readonly Lang[]) {
    for (const name of readdirSync(join(dir, lang)).filter((entry) => entry.endsWith('.json') && entry !== 'status.json')) {
      const file = `${lang}/${name}`;
      const texts = readTexts(join(dir, file));
      if (texts === null) {
        faults.push({ file, key: '', rule: 'not-json' });
        continue;
      }
      for (const [key, text] of texts) {
        if (text.trim() === '') faults.push({ file, key, rule: 'empty' });
        if (text !== text.normalize('NFC')) faults.push({ file, key, rule: 'not-nfc' });
      }
      if (lang === 'vi') original.set(name, texts);
      else faults.push(...compare(file, texts, original.get(name) ?? new Map<string, string>()));
    }
  }
  return faults;
}

function compare(file: string, texts: Map<string, string>, original: Map<string, string>): TextFault[] {
  return [...texts].flatMap(([key, text]): TextFault[] => {
    if (/_(zero|one|two|few|many)$/.test(key)) return [{ file, key, rule: 'plural' }];
    const vietnamese = original.get(key);
    if (vietnamese === undefined) return [{ file, key, rule: 'unknown-key' }];
    return values(text) === values(vietnamese) ? [] : [{ file, key, rule: 'placeholders' }];
  });
}

function values(text: string): string {
  return [...new Set([...text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)].map((hit) => hit[1] ?? ''))].sort().join(' ');
}

function readTexts(path: string): Map<string, string> | null {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
  const tree = treeSchema.safeParse(raw);
  return tree.success ? new Map(leaves(tree.data, '')) : null;
}

function leaves(tree: Tree, prefix: string): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[prefix + key, value]] : leaves(value, `${prefix}${key}.`)));
}
