import { PARTS, type Wanted } from '#knowledge/wanted.ts';
import type { UnderstandingFault } from '#knowledge/understanding.ts';
import type { Texts } from '#locales/texts.ts';

/** What was expected, as a Vietnamese sentence without its full stop. */
export function sayWanted(texts: Texts, expected: Wanted): string {
  return 'rule' in expected ? texts.say('vi', `check:${expected.rule}`, expected.values) : expected.said;
}

/** A fault for a line of text: the field by a name that an author knows, and what was expected there. */
export function sayFault<T extends { field: string; expected: Wanted }>(texts: Texts, fault: T): Omit<T, 'field' | 'expected'> & { field: string; expected: string } {
  const part = PARTS.find((name) => name === fault.field);
  return { ...fault, field: part === undefined ? fault.field : texts.say('vi', `check:part.${part}`), expected: sayWanted(texts, fault.expected) };
}

/** Why the program cannot start: the word lists or danger signs that somebody broke, each with its place and what belongs there. */
export function sayUnreadable(texts: Texts, faults: UnderstandingFault[]): string {
  return [texts.say('vi', 'cli:understanding.unreadable'), ...faults.map((fault) => texts.say('vi', 'cli:place.fault', sayFault(texts, fault)))].join('\n');
}
