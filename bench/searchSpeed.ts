import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { dayOf } from '#knowledge/day.ts';
import { loadLexicon, type Lexicon } from '#knowledge/lexicon.ts';
import { loadCards } from '#knowledge/load.ts';
import { normalise } from '#knowledge/normalise.ts';
import { createSearch } from '#knowledge/search.ts';
import { buildIndex } from '#knowledge/searchIndex.ts';
import { clean, words } from '#knowledge/text.ts';
import type { Bench } from './figure.ts';

/** How fast search is in a base far larger than a station's, beside SQLite's full text search over the same texts. */
export type SpeedReport = { cards: number; phrasings: number; buildMs: number; p50Ms: number; p99Ms: number; sqlite: { buildMs: number; p50Ms: number; p99Ms: number } };

const WARM_UP = 60;
const CARDS = 5_000;
const EACH = 15;

/** `npm run bench -- search`: a base of five thousand cards made of this one's phrasings. */
export const bench: Bench = {
  name: 'search',
  run: async () => {
    const knowledgeDir = fileURLToPath(new URL('../knowledge', import.meta.url));
    const [lexicon, base] = await Promise.all([loadLexicon(`${knowledgeDir}/lexicon`), loadCards(`${knowledgeDir}/cards`, dayOf(Date.now()))]);
    const report = runSearchSpeed({ phrasings: base.cards.flatMap((card) => [card.question, ...card.variants]), texts: base.cards.map((card) => card.answer), lexicon, cards: CARDS, each: EACH, questions: 400 });
    return [
      { what: `index of ${report.cards} cards, ${report.phrasings} phrasings`, value: report.buildMs, unit: 'ms', goal: { sign: '<=', value: 2_000 }, peer: { name: 'FTS5', value: report.sqlite.buildMs } },
      { what: 'search, p50', value: report.p50Ms, unit: 'ms', peer: { name: 'FTS5', value: report.sqlite.p50Ms } },
      { what: 'search, p99', value: report.p99Ms, unit: 'ms', goal: { sign: '<=', value: 15 }, peer: { name: 'FTS5', value: report.sqlite.p99Ms } },
      { what: 'times as fast as FTS5, p50', value: report.sqlite.p50Ms / report.p50Ms, unit: '×', goal: { sign: '>=', value: 10 } },
    ];
  },
};

/**
 * `phrasings`: the real ones of a base, from which `cards` cards of `each` are recombined by halves, each with a word of
 * its own; `texts`: real answers, used in turn. The questions are real phrasings.
 */
export function runSearchSpeed(options: { phrasings: string[]; texts: string[]; lexicon: Lexicon; cards: number; each: number; questions: number }): SpeedReport {
  const { lexicon } = options;
  const cards = recombine(options);
  const read = (text: string) => normalise(text, { lexicon }).syllables.map((syllable) => syllable.folded);

  let started = performance.now();
  const index = buildIndex(cards.map(({ id, phrasings, text }) => ({ id, phrasings: phrasings.map(read), text: read(text) })));
  const search = createSearch(index, lexicon.stop);
  const buildMs = performance.now() - started;

  const foldedWords = (text: string) => words(clean(text)).map((word) => word.folded);
  started = performance.now();
  const database = new DatabaseSync(':memory:');
  database.exec('create virtual table cards using fts5(phrasings, answer); begin');
  const insert = database.prepare('insert into cards values (?, ?)');
  for (const { phrasings, text } of cards) insert.run(foldedWords(phrasings.join('\n')).join(' '), foldedWords(text).join(' '));
  database.exec('commit');
  const select = database.prepare('select rowid from cards where cards match ? order by bm25(cards) limit 10');
  const sqliteBuildMs = performance.now() - started;

  const step = Math.max(1, Math.floor(options.phrasings.length / options.questions));
  const questions = options.phrasings.filter((_, at) => at % step === 0);
  const ours = time(questions, (text) => search.find(search.query(normalise(text, { lexicon }).syllables)));
  const theirs = time(questions, (text) => select.all(foldedWords(text).map((word) => `"${word}"`).join(' OR ')));
  return { cards: cards.length, phrasings: index.letters.length, buildMs, ...ours, sqlite: { buildMs: sqliteBuildMs, ...theirs } };
}

function recombine({ phrasings, texts, cards, each }: { phrasings: string[]; texts: string[]; cards: number; each: number }): { id: string; phrasings: string[]; text: string }[] {
  const split = phrasings.map((text) => text.split(' '));
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
  const half = (list: string[], from: number, to: number) => list.slice(Math.floor(list.length * from), Math.ceil(list.length * to));
  return Array.from({ length: cards }, (_, card) => ({
    id: `card-${card}`,
    phrasings: Array.from({ length: each }, () => [...half(split[next(split.length)] ?? [], 0, 0.5), ...half(split[next(split.length)] ?? [], 0.5, 1), `từ${next(cards)}`].join(' ')),
    text: texts[card % texts.length] ?? '',
  }));
}

function time(questions: string[], ask: (text: string) => unknown): { p50Ms: number; p99Ms: number } {
  for (const text of questions.slice(0, WARM_UP)) ask(text);
  const times = questions.map((text) => {
    const started = performance.now();
    ask(text);
    return performance.now() - started;
  }).sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
