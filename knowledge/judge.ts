import type { Card } from './card.ts';
import { findDanger, type Danger } from './danger.ts';
import type { Calibration } from './calibration.ts';
import { INTENT_PREFIX, OUTSIDE_PREFIX, sortOut, UNSORTED } from './candidates.ts';
import { decide, type Evidence } from './decide.ts';
import type { Sorting } from './features.ts';
import { findIntents, WISHES, type Wish } from './intents.ts';
import { heardAs } from './identify/onDemand.ts';
import type { Judge, JudgeContext, Judgement } from './judgement.ts';
import { askLearnt, learn } from './learnt.ts';
import type { Lexicon } from './lexicon.ts';
import { partsOf } from './joints.ts';
import { normalise, type Normal, type Reader, type Syllable } from './normalise.ts';
import { hasPattern } from './patterns.ts';
import { createSearch, type Search } from './search.ts';
import { buildIndex, type Entry, type SearchIndex } from './searchIndex.ts';
import { createSpeller } from './spelling.ts';
import { telexReadings } from './telex.ts';
import { foldWord, words } from './text.ts';
import type { Understanding } from './understanding.ts';
import { createWeigh, type Weigh, type Weighing } from './weigh.ts';

/** A judge with a view of its workings, for `ask --explain`, the benchmark, the calibration and the check. */
export type OpenJudge = {
  judge: Judge;
  /** What the judgement rested on. Pure. */
  explain: (question: string, context: JudgeContext) => { judgement: Judgement; evidence: Evidence };
  /** How the cards stand to a question; `without` leaves things out as if they had never been written. */
  weigh: Weigh;
  /** Ids of the likeliest cards, best first, whatever the certainty. */
  rank: (question: string) => string[];
  /** What would ring for a message, apart from everything else. */
  danger: (question: string) => Danger;
  reader: Reader;
  index: SearchIndex;
  search: Search;
};

/** How many of the nearest cards a model may choose among. */
export const CHOOSABLE = 10;

/** Builds a judge over the cards on offer. Costs the building of an index; the judge itself is pure and synchronous. */
export function createOpenJudge(cards: Card[], understanding: Understanding, calibration: Calibration = understanding.calibration): OpenJudge {
  const { lexicon, guard } = understanding;
  const entries = entriesOf(cards, understanding);
  const index = buildIndex(entries);
  const vocabulary = vocabularyOf(entries, understanding);
  const together = (first: string, second: string) => {
    const [a, b] = [index.terms.get(first), index.terms.get(second)];
    return a !== undefined && b !== undefined && index.pairs.get(a, b) !== undefined;
  };
  const reader: Reader = { lexicon, vocabulary, speller: createSpeller(vocabulary, together), careful: carefulWords(cards, understanding) };
  const search = createSearch(index, lexicon.stop);
  const wordsOf = (message: Normal) => message.syllables.map((syllable) => syllable.folded);
  const read = (text: string) => wordsOf(normalise(text, reader));
  const alike = askLearnt(understanding.learnt ?? learn(entries, understanding, read, ''), understanding, read);
  const sorter = calibration.of === '' ? null : understanding.sorter;
  const { weigh, fieldOf, strangeTo } = createWeigh({ cards, index, search, lexicon, guard, sorter, calibration });

  function dangerIn(message: Normal, sorting: Sorting): Danger {
    const unheard = sorter === null || alike.isAdded(wordsOf(message));
    return findDanger(message, understanding.danger, alike.moods, unheard ? null : sorting.danger);
  }

  /** Two learners are asked, as for danger: one that knows the wishes, and one that knows every card beside them. Alone, the first counts half. */
  function hearWishes(syllables: readonly Syllable[]): Record<Wish, number> {
    const words = syllables.map((syllable) => syllable.folded);
    const said = alike.wishes(words);
    const { wishes } = sortOut(sorter, words)?.sorting ?? UNSORTED;
    for (const wish of WISHES) if (wish !== 'none') said[wish] = (said[wish] + (wishes.get(wish) ?? 0)) / 2;
    return said;
  }

  /** How the guard stands to the card that a model chose; null where it is none of those that the model may choose among. */
  function choiceOf(id: string | undefined, syllables: Syllable[], { field, asked }: Weighing): Evidence['choice'] {
    const hit = field.cards.slice(0, CHOOSABLE).find((card) => card.id === id);
    return hit ? { id: hit.id, strange: strangeTo(hit.entry, syllables, asked) } : null;
  }

  function explain(question: string, context: JudgeContext) {
    const message = normalise(question, reader);
    const weighing = weigh(message.syllables);
    const followUpOf = (read: Normal): Evidence['followUp'] => {
      const last = context.lastCardId === undefined ? undefined : cards.find((card) => card.id === context.lastCardId);
      if (!last || read.syllables.length > LONGEST_FOLLOW_UP) return null;
      const topic = normalise(last.question, reader).syllables.filter((syllable) => !lexicon.stop.has(syllable.folded)).map((syllable) => ({ ...syllable, weight: TOPIC_WEIGHT }));
      return { weighing: weigh([...read.syllables, ...topic]), marked: hasPattern(understanding.joints.followUp, read.syllables) || hasPattern(understanding.joints.followUp, read.spoken) };
    };
    const evidence: Evidence = {
      message, context, weighing,
      choice: choiceOf(context.chosenCardId, message.syllables, weighing),
      parts: partsOf(message.syllables, understanding.joints).map((part) => weigh(part)).filter((part) => part.asked.kinds.size > 0),
      followUp: followUpOf(message),
      ...heardAs(understanding.identify(question), question),
      asks: (['diagnosis', 'dose', 'medicine'] as const).filter((name) => hasPattern(understanding.joints[name], message.spoken)),
      danger: dangerIn(message, weighing.field.sorting),
      intents: findIntents(message, understanding.intents, lexicon.stop, hearWishes),
    };
    return { judgement: decide(evidence, calibration), evidence };
  }

  return { judge: (question, context) => explain(question, context).judgement, explain, weigh, rank: (question) => fieldOf(normalise(question, reader).syllables).cards.map((hit) => hit.id), danger: (question) => { const message = normalise(question, reader); return dangerIn(message, fieldOf(message.syllables).sorting); }, reader, index, search };
}

/** A longer message stands for itself. */
const LONGEST_FOLLOW_UP = 9;
/** How far the last card's topic counts in a follow-up. */
const TOPIC_WEIGHT = 0.6;
/** Everything that a message may be for, in the order of the index: cards, wishes, what belongs to staff. */
export function entriesOf(cards: Card[], { lexicon, examples, notCovered }: Understanding): Entry[] {
  return [...cards.map((card) => entryOf(card, lexicon)), ...grouped(INTENT_PREFIX, examples, lexicon), ...grouped(OUTSIDE_PREFIX, notCovered, lexicon)];
}

function entryOf(card: Card, lexicon: Lexicon): Entry {
  const syllablesOf = (text: string) => normalise(text, { lexicon }).syllables.map((syllable) => syllable.folded);
  return { id: card.id, phrasings: [card.question, ...card.variants].map(syllablesOf), text: syllablesOf(`${card.answer} ${card.more ?? ''}`) };
}

function grouped(prefix: string, list: [string, string][], lexicon: Lexicon): Entry[] {
  const groups = new Map<string, string[][]>();
  for (const [group, text] of list) groups.set(group, [...(groups.get(group) ?? []), normalise(text, { lexicon }).syllables.map((syllable) => syllable.folded)]);
  return [...groups].map(([group, phrasings]) => ({ id: prefix + group, phrasings, text: [] }));
}

/** Words as spelt in the texts that are written with care: answers and word lists. */
function carefulWords(cards: Card[], understanding: Understanding): Set<string> {
  const texts = [...cards.flatMap((card) => [card.question, card.answer, card.more ?? '']), ...understanding.danger.lines, ...understanding.intents.lines];
  const found = new Set<string>();
  for (const text of texts) for (const { marked } of words(text.normalize('NFC').toLowerCase())) found.add(marked);
  return found;
}

/** How much commoner the word must be that raw Telex keys were meant for: `test` is no `tết`. */
const MEANT = 5;

/** A phrasing may hold raw Telex keys (`tieem`), since people type them; that makes no word of them. */
function isRawKeys(word: string, counts: ReadonlyMap<string, number>, lexicon: Lexicon): boolean {
  return !lexicon.syllables.has(word) && telexReadings(word).some((reading) => lexicon.syllables.has(reading) && (counts.get(reading) ?? 0) >= MEANT * (counts.get(word) ?? 0));
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
  for (const line of [...understanding.danger.lines, ...understanding.danger.examples.map(({ text }) => text), ...understanding.intents.lines, ...understanding.guard.lines, ...understanding.notCovered.map(([, question]) => question), ...understanding.examples.map(([, question]) => question)]) count(words(line.toLowerCase()).map(({ folded }) => folded));
  for (const list of [...understanding.lexicon.regional.values(), ...understanding.lexicon.chatPhrases.values()]) count(list.flatMap((phrase) => [...phrase.folded, ...phrase.meant.map(foldWord)]));
  for (const meanings of understanding.lexicon.chat.values()) count(meanings.flatMap((meaning) => meaning.split(' ').map(foldWord)));
  count(understanding.lexicon.whole);
  for (const word of [...counts.keys()]) if (isRawKeys(word, counts, understanding.lexicon)) counts.delete(word);
  return counts;
}
