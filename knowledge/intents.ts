import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { agesInMonths } from './dangerValues.ts';
import type { Normal, Syllable } from './normalise.ts';
import { compilePatterns, findPatterns, hasPattern, type Match, type Patterns } from './patterns.ts';
import { fold } from './text.ts';
import { FOR_PEOPLE } from './wanted.ts';

/** What a message may want that no card holds: a session, a child's schedule, a person, or only a kind word. */

/** What the kept examples teach: a wish that no card holds, or none. */
export const WISHES = ['none', 'session', 'child-schedule', 'human', 'smalltalk', 'private', 'injection'] as const;
export type Wish = (typeof WISHES)[number];

const list = z.array(z.string().min(1)).min(1);
const schema = z.strictObject({
  human: list, vaccinate: list, sessionWhen: list, sessionWho: list, sessionNot: list,
  childAsk: list, childNot: list, childWho: list, birthCue: list,
  greeting: list, thanks: list, other: list, bare: list, injection: list, private: list,
});

export type IntentRules = Record<keyof z.infer<typeof schema>, Patterns> & { lines: string[] };

export type Intent =
  /** `by`: a line of the lists, or only likeness to the kept examples, which yields to a card that is sure. */
  | { intent: 'human' | 'session' | 'child-schedule' | 'injection' | 'private'; by: 'list' | 'likeness' }
  /** `whole`: nothing else is in the message; `much`: it sounds kind although something else is in it. */
  | { intent: 'smalltalk'; smalltalk: 'greeting' | 'thanks' | 'other'; whole: boolean; much: boolean }
  /** A word that asks or answers and nothing that it is about: it can only follow what was said before. */
  | { intent: 'bare' };

/** Reads `intents.yaml`; a broken file is an installation fault and throws with the field's name. */
export async function loadIntents(dir: string): Promise<IntentRules> {
  const raw: unknown = parseYaml((await readFile(join(dir, 'intents.yaml'), 'utf8')).normalize('NFC'));
  const lists = schema.parse(raw, FOR_PEOPLE);
  const compiled = (name: keyof typeof lists) => compilePatterns(lists[name]);
  return {
    human: compiled('human'), vaccinate: compiled('vaccinate'),
    sessionWhen: compiled('sessionWhen'), sessionWho: compiled('sessionWho'), sessionNot: compiled('sessionNot'),
    childAsk: compiled('childAsk'), childNot: compiled('childNot'), childWho: compiled('childWho'), birthCue: compiled('birthCue'),
    greeting: compiled('greeting'), thanks: compiled('thanks'), other: compiled('other'), bare: compiled('bare'),
    injection: compiled('injection'), private: compiled('private'),
    lines: Object.values(lists).flat(),
  };
}

/**
 * From this likeness to the kept examples on, a wish is understood without any line of the lists. Telling somebody about a
 * session does no harm; refusing somebody does.
 */
const LIKE_FROM: Record<Exclude<Wish, 'none'>, number> = { session: 0.3, 'child-schedule': 0.3, human: 0.4, smalltalk: 0.5, private: 0.5, injection: 0.5 };
/** Below this likeness to small talk, kind words are only the wrapping of something else. */
const KIND_FROM = 0.25;
const SCHOOL_MONTHS = 72;
/** Words of a kind message that carry nothing else: more than this many others, and it is not only small talk. */
const SMALLTALK_REST = 3;

/** How much a text sounds like the kept examples of each wish, 0-1. */
export type HearWishes = (syllables: readonly Syllable[]) => Record<Wish, number>;

/** The intents that a message shows, surest first. Pure. */
export function findIntents(message: Normal, rules: IntentRules, stop: ReadonlySet<string>, hear: HearWishes): Intent[] {
  const { spoken } = message;
  const alike = hear(message.syllables);
  const has = (name: keyof Omit<IntentRules, 'lines'>) => hasPattern(rules[name], spoken);
  const found: Intent[] = [];
  if (has('injection')) found.push({ intent: 'injection', by: 'list' });
  if (has('private')) found.push({ intent: 'private', by: 'list' });
  for (const intent of ['injection', 'private'] as const) {
    if (alike[intent] >= LIKE_FROM[intent] && !found.some((other) => other.intent === intent)) found.push({ intent, by: 'likeness' });
  }
  const wants = (intent: 'human' | 'session' | 'child-schedule', listed: boolean, isOther = false) => {
    if (listed || !isOther && alike[intent] >= LIKE_FROM[intent]) found.push({ intent, by: listed ? 'list' : 'likeness' });
  };
  const child = isChildSchedule(message, rules);
  wants('human', has('human'));
  wants('child-schedule', child);
  // "Con tôi sốt sau khi tiêm" shares its words with questions about sessions, and is none.
  const notSession = has('sessionNot');
  if (!child) wants('session', has('vaccinate') && has('sessionWhen') && has('sessionWho') && !notSession, notSession);

  const kinds = (['thanks', 'greeting', 'other'] as const).map((smalltalk) => ({ smalltalk, matches: findPatterns(rules[smalltalk], spoken) })).filter(({ matches }) => matches.length > 0);
  const covered = new Set(kinds.flatMap(({ matches }) => matches.flatMap(positionsOf)));
  const besides = spoken.filter((_, at) => !covered.has(at));
  const rest = besides.filter((syllable) => !stop.has(syllable.folded)).length;
  for (const { smalltalk, matches } of kinds) {
    // Without marks `da`, `u`, `vang`, `lo` are skin, a swelling, gold and a wound as often as kind words: among others they say nothing.
    if (rest > 0 && matches.every(({ bare, start, end }) => bare && end - start === 1)) continue;
    // "Chào cô, cháu ho cả tuần" begins kindly and tells a need: what is beside the kind words must sound kind, too. A joke is one as a whole.
    const sounds = rest === 0 || (kinds.length === 1 && smalltalk === 'other' ? alike : hear(besides)).smalltalk >= KIND_FROM;
    found.push({ intent: 'smalltalk', smalltalk, whole: sounds && (rest <= SMALLTALK_REST || alike.smalltalk >= LIKE_FROM.smalltalk), much: sounds });
  }
  const bare = new Set(findPatterns(rules.bare, spoken).flatMap(positionsOf));
  if (bare.size > 0 && spoken.every((syllable, at) => bare.has(at) || stop.has(syllable.folded))) found.push({ intent: 'bare' });
  if (alike.smalltalk >= LIKE_FROM.smalltalk && !found.some(({ intent }) => intent === 'smalltalk')) found.push({ intent: 'smalltalk', smalltalk: 'other', whole: true, much: true });
  return found;
}

function positionsOf({ start, end }: Match): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** A child's age or birthday, and a question what is due; only under school age, where the programme's table answers. */
function isChildSchedule(message: Normal, rules: IntentRules): boolean {
  const { spoken, cleaned } = message;
  if (!hasPattern(rules.childAsk, spoken) || hasPattern(rules.childNot, spoken)) return false;
  const text = fold(cleaned);
  const child = hasPattern(rules.childWho, spoken) || hasPattern(rules.birthCue, spoken);
  const said = agesInMonths(text);
  const ages = said.length === 0 && child ? looseAges(text) : said;
  const dated = /(?<!\d)\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*(?:20)?\d{2}(?!\d)/.test(text) || /(?<!\d)\d{1,2}\s*(?:[/-]|thang)\s*\d{1,2}(?!\d)/.test(text) && /sinh|sn|de /.test(text);
  if (ages.length > 0) return ages.some((age) => age < SCHOOL_MONTHS) && !ages.every((age) => age >= SCHOOL_MONTHS);
  if (dated) return true;
  const vague = hasPattern(rules.birthCue, spoken);
  return vague && hasPattern(rules.childWho, spoken) && /\d|ram|mung|dau nam|day nam|day thang|thoi noi|mua|non|hom|moi/.test(text);
}

/** Any count of months, weeks or years, where the talk is of a child anyway. */
function looseAges(text: string): number[] {
  return [...text.matchAll(/(?<![\d/.])(\d{1,2})\s*(tuan|thang|tuoi|thg|th|t)(?![a-z0-9])(?!\s*(?:truoc|nay|qua|1|2|sau))/g)]
    .filter((match) => !/(bau|thai|cach|sau|mui|ngay)\s*$/.test(text.slice(0, match.index)))
    .map(([, count, unit]) => Number(count) * (unit === 'tuoi' ? 12 : unit === 'tuan' ? 0.23 : 1));
}
