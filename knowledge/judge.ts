import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Card } from './card.ts';
import { findDanger, loadDanger, type DangerRules } from './danger.ts';
import { decide, type Evidence } from './decide.ts';
import { detectLanguage, loadLanguageCues, type LanguageCues } from './detect.ts';
import { findIntents, loadIntents, type IntentRules } from './intents.ts';
import type { Judge, JudgeContext, Judgement } from './judgement.ts';
import { lines, loadLexicon, type Lexicon } from './lexicon.ts';
import { normalise, type Normal, type Reader } from './normalise.ts';
import { createSearch, type Search } from './search.ts';
import { buildIndex, PAIR, type Entry, type SearchIndex } from './searchIndex.ts';
import { createSpeller } from './spelling.ts';
import { fold, words } from './text.ts';

/** Everything understanding rests on besides the cards; read once at start, shared by every judge. */
export type Understanding = {
  lexicon: Lexicon;
  intents: IntentRules;
  danger: DangerRules;
  languages: LanguageCues;
  /** Questions that belong to staff, kept by them: the base must not answer these. */
  notCovered: string[];
};

/**
 * Reads the lexicon and the danger signs below `knowledgeDir`. Throws with file, field and expected form: without
 * the danger signs nothing may start.
 */
export async function loadUnderstanding(knowledgeDir: string): Promise<Understanding> {
  const lexiconDir = join(knowledgeDir, 'lexicon');
  const [lexicon, intents, danger, languages, notCovered] = await Promise.all([
    loadLexicon(lexiconDir), loadIntents(lexiconDir), loadDanger(join(knowledgeDir, 'danger')), loadLanguageCues(lexiconDir),
    readFile(join(lexiconDir, 'not-covered.tsv'), 'utf8'),
  ]);
  if (!danger.ok) throw new Error(danger.faults.map((fault) => `knowledge/danger/${fault.file}: ${fault.field}: expected ${fault.expected}`).join('\n'));
  return { lexicon, intents, danger: danger.rules, languages, notCovered: lines(notCovered) };
}

/** A judge with a view of its workings, for `ask --explain`, the benchmark and the check. */
export type OpenJudge = {
  judge: Judge;
  /** What the judgement rested on. Pure. */
  explain: (question: string, context: JudgeContext) => { judgement: Judgement; evidence: Evidence };
  reader: Reader;
  index: SearchIndex;
  search: Search;
};

/** Builds a judge over the cards on offer. Costs the building of an index; the judge itself is pure and synchronous. */
export function createOpenJudge(cards: Card[], understanding: Understanding): OpenJudge {
  const { lexicon } = understanding;
  const entries = cards.map((card) => entryOf(card, lexicon));
  const index = buildIndex(entries);
  const vocabulary = vocabularyOf(entries, understanding);
  const together = (first: string, second: string) => {
    const [a, b] = [index.terms.get(first), index.terms.get(second)];
    return a !== undefined && b !== undefined && index.pairs.has(a * PAIR + b);
  };
  const reader: Reader = { lexicon, vocabulary, speller: createSpeller(vocabulary, together) };
  const search = createSearch(index, lexicon.stop);

  function gather(question: string, context: JudgeContext): Evidence {
    const message = normalise(question, reader);
    const query = search.query(message.syllables);
    return {
      message, context, query,
      lang: detectLanguage(question, understanding.languages),
      danger: findDanger(message, understanding.danger),
      intents: findIntents(message, understanding.intents, lexicon.stop),
      hits: search.find(query, { top: 10 }),
    };
  }

  function explain(question: string, context: JudgeContext) {
    const evidence = gather(question, context);
    return { judgement: decide(evidence), evidence };
  }

  return { judge: (question, context) => explain(question, context).judgement, explain, reader, index, search };
}

/** A judge over the cards on offer. */
export function createJudge(cards: Card[], understanding: Understanding): Judge {
  return createOpenJudge(cards, understanding).judge;
}

function entryOf(card: Card, lexicon: Lexicon): Entry {
  const syllablesOf = (text: string) => normalise(text, { lexicon }).syllables.map((syllable) => syllable.folded);
  return { id: card.id, phrasings: [card.question, ...card.variants].map(syllablesOf), text: syllablesOf(`${card.answer} ${card.more ?? ''}`) };
}

/** Unmarked words that are no slips, and in how many places each occurs. */
function vocabularyOf(entries: Entry[], understanding: Understanding): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (list: Iterable<string>) => {
    for (const word of new Set(list)) counts.set(word, (counts.get(word) ?? 0) + 1);
  };
  for (const entry of entries) {
    count(entry.phrasings.flat());
    count(entry.text);
  }
  for (const line of [...understanding.danger.lines, ...understanding.intents.lines, ...understanding.notCovered]) count(words(line.toLowerCase()).map((word) => fold(word.marked)));
  for (const list of [...understanding.lexicon.regional.values(), ...understanding.lexicon.chatPhrases.values()]) count(list.flatMap((phrase) => [...phrase.folded, ...phrase.meant.map(fold)]));
  for (const meanings of understanding.lexicon.chat.values()) count(meanings.flatMap((meaning) => meaning.split(' ').map(fold)));
  count(understanding.lexicon.whole);
  return counts;
}

export type { Normal };
