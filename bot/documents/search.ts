import { allPassages, documentsMark, type KeptPassage } from '#bot/store/documents.ts';
import type { Store } from '#bot/store/store.ts';
import { words } from '#knowledge/text.ts';

/** The station's documents, to look things up in. */
export type Library = {
  /** The passages nearest to a question, the nearest first; none that shares too little with it. */
  nearest: (question: string, limit: number) => Promise<KeptPassage[]>;
};

/** Read when first asked, and again once a document came or went, in whatever process. */
export function createLibrary(store: Store): Library {
  let read: { mark: string; shelf: Shelf } | null = null;
  return {
    nearest: async (question, limit) => {
      const asked = wordsOf(question);
      if (asked.length === 0) return [];
      const mark = await store.read(documentsMark);
      if (read?.mark !== mark) read = { mark, shelf: shelve(await store.read(allPassages)) };
      return look(read.shelf, asked, limit);
    },
  };
}

type Shelf = { passages: KeptPassage[]; /** Passages that hold a word, with how often. */ holding: Map<string, [at: number, times: number][]>; lengths: number[]; meanLength: number };

/** The usual constants of BM25. */
const K1 = 1.2;
const B = 0.75;
/** A passage must share this much of what the question's words weigh, or it is only alike by chance. Pairs only order. */
const LEAST_SHARE = 0.3;
/** In a handful of passages every word would seem common. */
const LEAST_COUNT = 50;

function shelve(passages: KeptPassage[]): Shelf {
  const holding = new Map<string, [number, number][]>();
  const lengths = passages.map((passage, at) => {
    const counts = new Map<string, number>();
    const all = wordsOf(`${passage.heading} ${passage.text}`);
    for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, times] of counts) {
      const list = holding.get(word);
      if (list) list.push([at, times]);
      else holding.set(word, [[at, times]]);
    }
    return all.length;
  });
  return { passages, holding, lengths, meanLength: Math.max(1, lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length)) };
}

function look(shelf: Shelf, asked: string[], limit: number): KeptPassage[] {
  const scores = new Map<number, { score: number; shared: number }>();
  let most = 0;
  for (const word of new Set(asked)) {
    const held = shelf.holding.get(word) ?? [];
    const rarity = Math.log(1 + (Math.max(LEAST_COUNT, shelf.passages.length) - held.length + 0.5) / (held.length + 0.5));
    const counts = word.includes(' ') ? 0 : rarity;
    most += counts;
    for (const [at, times] of held) {
      const found = scores.get(at) ?? { score: 0, shared: 0 };
      found.score += rarity * times * (K1 + 1) / (times + K1 * (1 - B + B * (shelf.lengths[at] ?? 0) / shelf.meanLength));
      found.shared += counts;
      scores.set(at, found);
    }
  }
  return [...scores].filter(([, found]) => found.shared >= most * LEAST_SHARE).sort((a, b) => b[1].score - a[1].score || a[0] - b[0])
    .slice(0, limit).flatMap(([at]) => shelf.passages[at] ?? []);
}

/** Folded, in pairs as well, since a Vietnamese word is mostly two syllables. */
function wordsOf(text: string): string[] {
  const single = words(text.normalize('NFC').toLowerCase().slice(0, 4_000)).map((word) => word.folded);
  return [...single, ...single.slice(1).map((word, i) => `${single[i] ?? ''} ${word}`)];
}
