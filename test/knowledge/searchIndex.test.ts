import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildIndex, K1, type Entry, type Postings } from '#knowledge/searchIndex.ts';

const WORDS = ['tiem', 'chung', 'cho', 'be', 'sot', 'o', 'dau', 'khi', 'nao', 'covid'];
const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 8 });
const bases = fc.array(fc.record({ phrasings: fc.array(words, { maxLength: 4 }), text: words }), { maxLength: 6 })
  .map((list) => list.map((entry, at): Entry => ({ id: `card-${at}`, ...entry })));

/** Words and pairs of neighbours, written out. */
const termsOf = (syllables: string[]) => syllables.flatMap((syllable, at) => (at === 0 ? [syllable] : [`${syllables[at - 1] ?? ''} ${syllable}`, syllable]));

const countsOf = (terms: string[]) => {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
};

describe('the index', () => {
  test('holds what plain counting finds', () => {
    fc.assert(fc.property(bases, (entries) => {
      const index = buildIndex(entries);
      const numberOf = (term: string): number | undefined => {
        const [first = '', second] = term.split(' ');
        const [a, b] = [index.terms.get(first), index.terms.get(second ?? '')];
        if (second === undefined) return a;
        return a === undefined || b === undefined ? undefined : index.pairs.get(a, b);
      };
      const rowsOf = (from: Postings, term: string) => {
        const number = numberOf(term) ?? Number.NaN;
        return Array.from({ length: (from.start[number + 1] ?? 0) - (from.start[number] ?? 0) }, (_, i) => (from.start[number] ?? 0) + i);
      };

      const phrasings = entries.flatMap((entry) => entry.phrasings.map(termsOf));
      const owners = entries.flatMap((entry, at) => entry.phrasings.map(() => at));
      const wholes = entries.map((entry) => [...entry.phrasings.flatMap(termsOf), ...termsOf(entry.text)]);
      const all = new Set(wholes.flat());
      const idf = (term: string) => {
        const holders = new Set(owners.filter((_, at) => phrasings[at]?.includes(term))).size;
        return Math.log(1 + (entries.length - holders + 0.5) / (holders + 0.5));
      };

      expect(index.letters).toEqual(entries.flatMap((entry) => entry.phrasings.map((phrasing) => phrasing.join('_'))));
      expect([...index.phrasings.owner]).toEqual(owners);
      for (const term of all) expect(index.idf[numberOf(term) ?? -1]).toBeCloseTo(idf(term), 9);
      for (const [from, docs, b] of [[index.phrasings, phrasings, 0.5], [index.texts, wholes, 0.75]] as const) {
        const average = Math.max(1, docs.reduce((sum, doc) => sum + doc.length, 0) / Math.max(1, docs.length));
        for (const term of all) {
          const expected = docs.flatMap((doc, at) => {
            const count = countsOf(doc).get(term);
            return count === undefined ? [] : [{ at, count, weight: (count * (K1 + 1)) / (count + K1 * (1 - b + b * (doc.length / average))) }];
          });
          const found = rowsOf(from, term).map((row) => ({ at: from.docs[row], count: from.counts[row], weight: from.weights[row] }));
          expect(found).toEqual(expected.map((row) => ({ ...row, weight: Math.fround(row.weight) })));
        }
      }

      const middles = entries.map((entry) => {
        const sum = new Map<string, number>();
        for (const phrasing of entry.phrasings) {
          const distinct = [...new Set(termsOf(phrasing))];
          const length = Math.hypot(...distinct.map(idf)) || 1;
          for (const term of distinct) sum.set(term, (sum.get(term) ?? 0) + idf(term) / length);
        }
        return sum;
      });
      for (const [at, middle] of middles.entries()) {
        expect(index.middles.squares[at]).toBeCloseTo([...middle.values()].reduce((sum, weight) => sum + weight ** 2, 0), 6);
        for (const term of all) {
          const row = rowsOf(index.middles, term).find((found) => index.middles.docs[found] === at);
          expect(row === undefined ? 0 : index.middles.weights[row]).toBeCloseTo(middle.get(term) ?? 0, 5);
        }
      }
    }), { numRuns: 150 });
  });
});
