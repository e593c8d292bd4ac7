import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { learntStanding, standingOf } from './calibrate.ts';
import type { Card } from './card.ts';
import { CLINICAL, MORE } from './sheet.ts';
import { addDays, type Day } from './day.ts';
import { createOpenJudge } from './judge.ts';
import { readUnderstanding, type Understanding } from './understanding.ts';
import { lines, rows } from './lexicon.ts';
import { isValidOn, loadCards, type Fault, type FiledCard } from './load.ts';
import { normalise } from './normalise.ts';
import { isPlaceholder } from './place.ts';
import { wanted, type Rule, type WantedValues } from './wanted.ts';

/**
 * Everything that can be wrong with a base, told file by file so that its author can act on it. Whether a fault stops
 * anything is the caller's business.
 */

const LONGEST_ANSWER = 600;
const EXPIRES_WITHIN_DAYS = 30;
/** What an author may write where the place has the words. */
const EXAMPLE = '{{station.phone}}';

/** Where things lie: `knowledgeDir` has the cards, the lexicon and the danger signs; `placeCards` are a commune's own cards. */
export type CheckOptions = { knowledgeDir: string; today: Day; placeCards?: string };

/** All faults of a base, errors first, then by file. Never throws for what a file holds. */
export async function checkKnowledge(options: CheckOptions): Promise<Fault[]> {
  const { knowledgeDir, today } = options;
  const base = await loadCards([join(knowledgeDir, 'cards'), ...(options.placeCards === undefined ? [] : [options.placeCards])], today);
  const faults: Fault[] = [...base.faults];

  const read = await readUnderstanding(knowledgeDir);
  if (!read.ok) faults.push(...read.faults.map((fault) => ({ ...fault, severity: 'error' as const })));
  const understanding = read.ok ? read.understanding : null;
  const { topics, clinical } = await readCheckLists(knowledgeDir);

  const ids = new Set(base.filed.map(({ card }) => card.id));
  for (const filed of base.filed) faults.push(...checkCard(filed, { today, ids, topics, clinical }));
  if (topics.size > 0) for (const topic of topics) if (topic !== 'id' && !ids.has(topic)) faults.push(warning('topics.tsv', topic, 'topicCard'));
  faults.push(...collisions(base.filed, understanding));
  if (understanding) faults.push(...strays(base.filed, base.cards, understanding));
  return faults.sort((a, b) => (a.severity === b.severity ? compare(a.file, b.file) : a.severity === 'error' ? -1 : 1));
}

/** What cards are held against besides each other. */
export type CheckLists = { topics: ReadonlySet<string>; clinical: RegExp[] };

export async function readCheckLists(knowledgeDir: string): Promise<CheckLists> {
  return {
    topics: new Set(rows(await readFile(join(knowledgeDir, 'topics.tsv'), 'utf8').catch(() => '')).map(([id]) => id)),
    clinical: lines(await readFile(join(knowledgeDir, 'lexicon', 'clinical.txt'), 'utf8').catch(() => '')).map(clinicalPattern),
  };
}

/** Faults of one card as it would stand among the others: the same rules, before anybody publishes it. Pure; costs the building of an index. */
export function checkOne(filed: FiledCard, others: readonly FiledCard[], { today, understanding, topics, clinical }: CheckLists & { today: Day; understanding: Understanding }): Fault[] {
  const all = [...others.filter(({ card }) => card.id !== filed.card.id), filed];
  const offered = all.map(({ card }) => card).filter((card) => card === filed.card || isValidOn(card, today));
  return [
    ...checkCard(filed, { today, ids: new Set(all.map(({ card }) => card.id)), topics, clinical }),
    ...collisions(all, understanding).filter(({ file }) => file === filed.file),
    ...strays([filed], offered, understanding, filed.card.id).filter(({ file }) => file === filed.file),
  ].sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
}

type CardContext = { today: Day; ids: ReadonlySet<string>; topics: ReadonlySet<string>; clinical: RegExp[] };

function checkCard({ card, file }: FiledCard, { today, ids, topics, clinical }: CardContext): Fault[] {
  const faults: Fault[] = [];
  const expect = `${card.topic}/${card.id}.md`;
  if (!file.endsWith(expect)) faults.push(error(file, 'id', 'fileName', { name: expect }));
  if (topics.size > 0 && !topics.has(card.id)) faults.push(warning(file, 'id', 'listedId'));
  if (card.answer.length > LONGEST_ANSWER) faults.push(error(file, 'body', 'shortAnswer', { most: LONGEST_ANSWER, length: card.answer.length }));

  for (const [field, text] of Object.entries({ body: card.answer, [MORE]: card.more ?? '', [CLINICAL]: card.clinical ?? '' })) {
    for (const [whole, name = ''] of text.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)) {
      if (!isPlaceholder(name)) faults.push(error(file, field, 'placeholder', { example: EXAMPLE, given: whole }));
    }
    for (const [number] of text.matchAll(PHONE)) {
      if (!PRINTABLE.has(number.replace(/\D/g, ''))) faults.push(error(file, field, 'noPhone', { example: EXAMPLE, number: number.trim() }));
    }
    if (field !== CLINICAL) {
      for (const pattern of clinical) {
        const found = pattern.exec(text.toLowerCase());
        if (found) faults.push(error(file, field, 'signedOnly', { words: found[0].trim() }));
      }
    }
  }

  for (const id of card.related) if (!ids.has(id) || id === card.id) faults.push(warning(file, 'related', 'otherCard', { id }));
  faults.push(...dates(card, file, today));
  return faults;
}

/** Numbers that look like a telephone. */
const PHONE = /(?<![\d/.,-])(?:0\d{2,3}[ .]?\d{3}[ .]?\d{3,4}|1[89]00[ .]?\d{4,6})(?!\d)/g;
/** The national line that cards may print. */
const PRINTABLE = new Set(['19009095']);

function dates(card: Card, file: string, today: Day): Fault[] {
  if (card.validUntil < today) return [warning(file, 'validUntil', 'notExpired', { today, until: card.validUntil })];
  const faults: Fault[] = [];
  if (card.validFrom > today) faults.push(warning(file, 'validFrom', 'begun', { today, from: card.validFrom }));
  if (card.validUntil <= addDays(today, EXPIRES_WITHIN_DAYS)) faults.push(warning(file, 'validUntil', 'renew', { until: card.validUntil }));
  else if (card.reviewBy < today) faults.push(warning(file, 'reviewBy', 'review', { since: card.reviewBy }));
  return faults;
}

/** Two phrasings that read the same: search cannot tell their cards apart. */
function collisions(filed: FiledCard[], understanding: Understanding | null): Fault[] {
  if (!understanding) return [];
  const seen = new Map<string, { file: string; id: string }>();
  const faults: Fault[] = [];
  for (const { card, file } of filed) {
    [card.question, ...card.variants].forEach((text, at) => {
      const field = at === 0 ? 'question' : `variants.${at - 1}`;
      const key = normalise(text, { lexicon: understanding.lexicon }).syllables.map((syllable) => syllable.folded).join(' ');
      const other = seen.get(key);
      if (!other) seen.set(key, { file, id: card.id });
      else if (other.id === card.id) faults.push(warning(file, field, 'newVariant', { text }));
      else faults.push(error(file, field, 'ownVariant', { text, file: other.file }));
    });
  }
  return faults;
}

/** Phrasings that search itself would take elsewhere, although it knows them. */
function strays(filed: FiledCard[], offered: Card[], understanding: Understanding, only?: string): Fault[] {
  const open = createOpenJudge(offered, understanding);
  const fileOf = new Map(filed.map(({ card, file }) => [card.id, file]));
  const faults: Fault[] = [];
  for (const card of only === undefined ? offered : offered.filter(({ id }) => id === only)) {
    const file = fileOf.get(card.id) ?? card.id;
    [card.question, ...card.variants].forEach((text, at) => {
      const field = at === 0 ? 'question' : `variants.${at - 1}`;
      const cards = open.rank(text);
      const place = cards.indexOf(card.id);
      const danger = open.danger(text);
      if (danger.state === 'alarm') faults.push(warning(file, field, 'noAlarm', { text, sign: danger.sign }));
      else if (place !== 0) faults.push({ file, field, expected: cards[0] === undefined ? wanted('leadsNowhere', { text }) : wanted('leadsHere', { text, card: cards[0] }), severity: place === 1 ? 'warning' : 'error' });
    });
  }
  const standing = standingOf(offered, understanding);
  if (standing !== 'measured') faults.push(warning('calibration.json', 'of', standing === 'earlier' ? 'measured' : 'measuredOnce'));
  const learnt = learntStanding(offered, understanding);
  if (learnt !== 'learnt') faults.push(warning('likeness.json', 'of', learnt === 'earlier' ? 'learnt' : 'learntOnce'));
  return faults;
}

function clinicalPattern(line: string): RegExp {
  const escaped = line.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/#/g, '\\d+(?:[.,]\\d+)?').replace(/\s+/g, '\\s*');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'u');
}

function error(file: string, field: string, rule: Rule, values?: WantedValues): Fault {
  return { file, field, expected: wanted(rule, values), severity: 'error' };
}

function warning(file: string, field: string, rule: Rule, values?: WantedValues): Fault {
  return { file, field, expected: wanted(rule, values), severity: 'warning' };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
