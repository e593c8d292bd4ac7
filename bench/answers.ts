import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import MiniSearch from 'minisearch';
import type { Card } from '#knowledge/card.ts';
import { dayOf } from '#knowledge/day.ts';
import { createOpenJudge, type OpenJudge } from '#knowledge/judge.ts';
import { loadUnderstanding } from '#knowledge/understanding.ts';
import type { Judgement } from '#knowledge/judgement.ts';
import { loadCards } from '#knowledge/load.ts';
import { clean, fold, words } from '#knowledge/text.ts';
import { wilson, type Share } from './interval.ts';
import { STYLES, type Style } from './typing.ts';

/**
 * How right the answers are, and how sure: one file of questions after another through the very judge that answers
 * residents, in every way of typing, beside the search libraries one would otherwise use.
 */

/** A question with what should come of it; `wanted` holds the card ids that are right. */
export type Question = { outcome: string; wanted: string[]; text: string; mark: string };

/** What one way of typing came to. */
export type StyleResult = {
  style: Style;
  /** Direct answers, of the questions that the base covers, that were right. */
  rightAtOnce: Share;
  /** The right card, as the answer or among the choices. */
  rightOrOneTap: Share;
  /** Of all direct answers given, also to questions outside the base, the right ones. */
  precision: Share;
  /** Questions outside the base that got a direct answer. */
  outsideAnswered: Share;
  dangerCaught: Share;
  falseAlarms: Share;
  /** Sessions, a child's schedule, a person, small talk: understood as such. */
  intents: Share;
};

/** A peer: the share of covered questions whose right card it ranks first, and among the first three. */
export type PeerResult = { name: string; style: Style; first: Share; firstThree: Share; p50Ms: number; p99Ms: number };

export type AnswersReport = { questions: number; cards: number; ours: StyleResult[]; peers: PeerResult[] };

export type AnswersOptions = {
  /** Question files: tab-separated outcome, topic (`a|b`: any), question, mark. */
  files: string[];
  knowledgeDir: string;
  /** Epoch ms; the base as it is on this day. */
  nowMs: number;
  /** @defaultValue all */
  styles?: readonly Style[];
};

/** Runs everything; nothing is written. */
export async function runAnswersBench(options: AnswersOptions): Promise<AnswersReport> {
  const [understanding, base, ...lists] = await Promise.all([
    loadUnderstanding(options.knowledgeDir),
    loadCards(`${options.knowledgeDir}/cards`, dayOf(options.nowMs)),
    ...options.files.map(readQuestions),
  ]);
  const questions = lists.flat();
  const open = createOpenJudge(base.cards, understanding);
  const styles = options.styles ?? STYLES.map(({ name }) => name);
  const peers = createPeers(base.cards, open);
  const ours: StyleResult[] = [];
  const others: PeerResult[] = [];
  for (const style of styles) {
    const type = STYLES.find(({ name }) => name === style)?.type ?? ((text: string) => text);
    const typed = questions.map((question) => ({ ...question, text: type(question.text) }));
    ours.push(measure(style, typed, (text) => open.judge(text, { nowMs: options.nowMs })));
    for (const peer of peers) others.push(measurePeer(peer, style, typed));
  }
  return { questions: questions.length, cards: base.cards.length, ours, peers: others };
}

/** Reads a file of questions; lines without a question are left out. */
export async function readQuestions(file: string): Promise<Question[]> {
  return (await readFile(file, 'utf8')).normalize('NFC').split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).flatMap((line) => {
    const [outcome = '', topic = '', text = '', mark = ''] = line.split('\t');
    return text === '' ? [] : [{ outcome, wanted: topic.split('|').filter(Boolean), text, mark }];
  });
}

const INTENTS = new Set(['session', 'child-schedule', 'human', 'smalltalk']);

/** Counts what a judge makes of the questions. */
export function measure(style: Style, questions: Question[], judge: (text: string) => Judgement): StyleResult {
  const counts = { covered: 0, atOnce: 0, tap: 0, answered: 0, answeredRight: 0, outside: 0, outsideAnswered: 0, danger: 0, caught: 0, calm: 0, alarms: 0, intents: 0, understood: 0 };
  for (const { outcome, wanted, text } of questions) {
    const judgement = judge(text);
    const right = judgement.outcome === 'answer' && wanted.includes(judgement.cardId);
    if (judgement.outcome === 'answer') counts.answered += 1;
    if (right) counts.answeredRight += 1;
    if (outcome === 'answer' || outcome === 'clarify') {
      counts.covered += 1;
      if (right) counts.atOnce += 1;
      if (right || (judgement.outcome === 'clarify' && judgement.options.some((id) => wanted.includes(id)))) counts.tap += 1;
    }
    if (outcome === 'escalate') {
      counts.outside += 1;
      if (judgement.outcome === 'answer') counts.outsideAnswered += 1;
    }
    if (outcome === 'emergency') {
      counts.danger += 1;
      if (judgement.outcome === 'emergency') counts.caught += 1;
    } else {
      counts.calm += 1;
      if (judgement.outcome === 'emergency') counts.alarms += 1;
    }
    if (INTENTS.has(outcome)) {
      counts.intents += 1;
      if (judgement.outcome === outcome) counts.understood += 1;
    }
  }
  return {
    style,
    rightAtOnce: wilson(counts.atOnce, counts.covered),
    rightOrOneTap: wilson(counts.tap, counts.covered),
    precision: wilson(counts.answeredRight, counts.answered),
    outsideAnswered: wilson(counts.outsideAnswered, counts.outside),
    dangerCaught: wilson(counts.caught, counts.danger),
    falseAlarms: wilson(counts.alarms, counts.calm),
    intents: wilson(counts.understood, counts.intents),
  };
}

type Peer = { name: string; find: (text: string) => string[] };

/** The same phrasings and answers in other hands: our own ranking alone, SQLite's full text search, MiniSearch twice. */
export function createPeers(cards: Card[], open: OpenJudge): Peer[] {
  const documents = cards.map((card) => ({ id: card.id, questions: [card.question, ...card.variants].join('\n'), answer: `${card.answer}\n${card.more ?? ''}` }));
  const foldedWords = (text: string) => words(clean(text)).map((word) => word.folded);

  const database = new DatabaseSync(':memory:');
  database.exec('create virtual table cards using fts5(id unindexed, questions, answer)');
  const insert = database.prepare('insert into cards values (?, ?, ?)');
  for (const { id, questions, answer } of documents) insert.run(id, fold(questions.toLowerCase()), fold(answer.toLowerCase()));
  const select = database.prepare('select id from cards where cards match ? order by bm25(cards) limit 3');

  const plain = new MiniSearch({ fields: ['questions', 'answer'] });
  plain.addAll(documents);
  const folding = new MiniSearch({ fields: ['questions', 'answer'], tokenize: foldedWords, processTerm: (term) => term });
  folding.addAll(documents);
  const idsOf = (index: MiniSearch, text: string) => index.search(text).slice(0, 3).map((hit) => String(hit.id));

  return [
    { name: 'SQLite FTS5, folded', find: (text) => {
      const terms = foldedWords(text).map((word) => `"${word}"`);
      return terms.length === 0 ? [] : select.all(terms.join(' OR ')).map((row) => String(row['id']));
    } },
    { name: 'MiniSearch', find: (text) => idsOf(plain, text) },
    { name: 'MiniSearch, folded', find: (text) => idsOf(folding, text) },
    { name: 'Loa Làng, ranking alone', find: (text) => open.rank(text).slice(0, 3) },
  ];
}

function measurePeer(peer: Peer, style: Style, questions: Question[]): PeerResult {
  const covered = questions.filter(({ outcome }) => outcome === 'answer' || outcome === 'clarify');
  let first = 0;
  let three = 0;
  const times: number[] = [];
  for (const { text, wanted } of covered) {
    const started = performance.now();
    const found = peer.find(text);
    times.push(performance.now() - started);
    if (wanted.includes(found[0] ?? '')) first += 1;
    if (found.some((id) => wanted.includes(id))) three += 1;
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { name: peer.name, style, first: wilson(first, covered.length), firstThree: wilson(three, covered.length), p50Ms: at(0.5), p99Ms: at(0.99) };
}
