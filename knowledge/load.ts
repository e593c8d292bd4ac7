import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parseCard, type Card } from './card.ts';
import type { Day } from './day.ts';
import { wanted, type FieldFault } from './wanted.ts';

/** A card and the file it was read from, as a path below the folder of cards. */
export type FiledCard = { card: Card; file: string };

/** One thing wrong with one file. `error` keeps the card out; `warning` does not. */
export type Fault = FieldFault & { file: string; severity: 'error' | 'warning' };

/** Everything in a folder of cards: what can be offered, what ran out, and what is wrong. */
export type Base = {
  /** Valid on the day asked for, in the order of their ids. */
  cards: Card[];
  /** Every readable card, expired ones too. */
  filed: FiledCard[];
  /** Ids of cards that are no longer, or not yet, valid; they are never offered. */
  expired: string[];
  faults: Fault[];
};

const TRANSLATION = /\.(jra|bdq|en)\.md$/;

/**
 * Reads every card below `dirs` (Vietnamese originals; translations are another matter). Never throws for what a file
 * holds: a broken card is left out and named in `faults`. Of two cards with one id the later folder's wins, so that a
 * place can replace a card; within one folder it is a fault.
 */
export async function loadCards(dirs: string | string[], today: Day): Promise<Base> {
  const filed = new Map<string, FiledCard>();
  const faults: Fault[] = [];
  for (const dir of [dirs].flat()) {
    const here = new Map<string, string>();
    // All at once: one after the other, a hundred small files cost a start a tenth of its second.
    const files = await Promise.all((await cardFiles(dir)).map(async (file) => ({ file, text: await readFile(join(dir, file), 'utf8') })));
    for (const { file, text } of files) {
      const result = parseCard(text);
      if (!result.ok) {
        faults.push(...result.faults.map((fault) => ({ file, ...fault, severity: 'error' as const })));
        continue;
      }
      const { card } = result;
      const other = here.get(card.id);
      if (other !== undefined) {
        faults.push({ file, field: 'id', expected: wanted('ownId', { id: card.id, other }), severity: 'error' });
        continue;
      }
      here.set(card.id, file);
      filed.set(card.id, { card, file });
    }
  }
  const all = [...filed.values()].sort((a, b) => (a.card.id < b.card.id ? -1 : 1));
  const offered = all.filter(({ card }) => isValidOn(card, today)).map(({ card }) => card);
  return { cards: offered, filed: all, expired: all.filter(({ card }) => !isValidOn(card, today)).map(({ card }) => card.id), faults };
}

/** Whether a card may be sent on `day`: both its days are included. */
export function isValidOn(card: Card, day: Day): boolean {
  return card.validFrom <= day && day <= card.validUntil;
}

async function cardFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md') && !TRANSLATION.test(entry.name))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
