import { YAMLException } from 'js-yaml';
import { z } from 'zod';

/**
 * What a file should have held, where it holds something else. Here it is a rule and its values; the sentence that a
 * person reads is `check:<rule>` in the texts, so no file of knowledge speaks to anybody by itself.
 */

/** Every rule that a file of knowledge can break. Each has one sentence of the same name in `locales/vi/check.json`. */
export const RULES = [
  // What any file must be.
  'readableFile', 'yaml', 'frontMatter', 'missing', 'text', 'number', 'wholeNumber', 'list', 'group', 'yesNo', 'leastSigns',
  'leastEntries', 'leastNumber', 'mostNumber', 'oneOf', 'webAddress', 'unknownFields', 'day', 'shortName',
  // Cards.
  'sourceDate', 'cardId', 'topic', 'fiveVariants', 'oneSource', 'headings', 'answerFirst', 'dayFrom', 'ownId',
  // The base as a whole.
  'fileName', 'listedId', 'topicCard', 'shortAnswer', 'placeholder', 'noPhone', 'signedOnly', 'otherCard', 'notExpired', 'begun',
  'renew', 'review', 'newVariant', 'ownVariant', 'noAlarm', 'leadsHere', 'leadsNowhere', 'measured', 'measuredOnce', 'learnt', 'learntOnce',
  // Translations.
  'sameHeadings', 'hash', 'vietnameseCard', 'usedValues',
  // Places.
  'phone', 'clock', 'clockAfter', 'clockBetween', 'oneVillage', 'withVietnamese',
  // The immunisation table.
  'rowId', 'newRow', 'listedSource', 'rowAbove', 'samePeople', 'ageOrNever', 'daysOrNever', 'neverUnclaimed', 'clinicalGate',
  // Danger signs.
  'capitals', 'keptMessages', 'mood',
] as const;

export type Rule = (typeof RULES)[number];

export type WantedValues = Record<string, string | number>;

/** What was expected: a rule with its values, or, where no rule fits, what a parser says of it. */
export type Wanted = { rule: Rule; values: WantedValues } | { said: string };

/** One thing wrong with a file: which field (a dotted path, or one of `PARTS`) and what was expected there. */
export type FieldFault = { field: string; expected: Wanted };

/** Fields that are no path: the file itself, the lines between `---`, what stands below them. */
export const PARTS = ['file', 'front matter', 'body'] as const;

/** The message of a schema's own check: it carries the rule through zod, and `fromIssue` takes it out again. */
export function ruleMessage(rule: Rule): `rule:${Rule}` {
  return `rule:${rule}`;
}

/** Options of every parse whose faults a person reads: zod's own words in Vietnamese, and what it was given. */
export const FOR_PEOPLE = { error: z.locales.vi().localeError, reportInput: true } as const;

export function wanted(rule: Rule, values: WantedValues = {}): Wanted {
  return { rule, values };
}

/** The faults of a parse made with `FOR_PEOPLE`; `whole` names the field of what belongs to no single one. */
export function faultsOf(error: z.ZodError, whole: (typeof PARTS)[number]): FieldFault[] {
  return error.issues.map((issue) => ({ field: issue.path.join('.') || whole, expected: fromIssue(issue) }));
}

/** What an issue of zod asks for. It must come from a parse made with `FOR_PEOPLE`. */
function fromIssue(issue: z.core.$ZodIssue): Wanted {
  const own = RULES.find((rule) => ruleMessage(rule) === issue.message);
  if (own !== undefined) return wanted(own, issue.code === 'custom' ? valuesIn(issue.params) : {});
  const fallback: Wanted = { said: issue.message };
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return wanted('missing');
      const rule = KINDS[issue.expected];
      return rule === undefined ? fallback : wanted(rule);
    }
    case 'too_small':
      if (issue.origin === 'string') return wanted('leastSigns', { least: Number(issue.minimum) });
      if (issue.origin === 'array') return wanted('leastEntries', { least: Number(issue.minimum) });
      return isNumeric(issue.origin) && issue.inclusive !== false ? wanted('leastNumber', { least: Number(issue.minimum) }) : fallback;
    case 'too_big':
      return isNumeric(issue.origin) && issue.inclusive !== false ? wanted('mostNumber', { most: Number(issue.maximum) }) : fallback;
    case 'invalid_value':
      return issue.input === undefined ? wanted('missing') : wanted('oneOf', { values: listed(issue.values) });
    case 'invalid_union':
      if (issue.discriminator !== undefined && 'options' in issue && Array.isArray(issue.options)) return wanted('oneOf', { values: listed(issue.options) });
      return issue.input === undefined ? wanted('missing') : fallback;
    case 'invalid_format':
      return issue.format === 'url' ? wanted('webAddress') : fallback;
    case 'unrecognized_keys':
      return wanted('unknownFields', { names: issue.keys.join(', ') });
    case 'invalid_key': {
      const [inner] = issue.issues;
      return inner === undefined ? fallback : fromIssue(inner);
    }
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return fallback;
  }
}

/** What a file that could not be read or parsed should have been. `linesBefore` stand in the file above what was parsed. */
export function fromFailure(error: unknown, linesBefore = 0): Wanted {
  if (error instanceof YAMLException) return wanted('yaml', { line: (error.mark?.line ?? 0) + 1 + linesBefore });
  return error instanceof Error && !('code' in error) ? { said: error.message } : wanted('readableFile');
}

/** A word for logs and exceptions. */
export function codeOf(expected: Wanted): string {
  return 'rule' in expected ? expected.rule : expected.said;
}

const KINDS: Partial<Record<string, Rule>> = { string: 'text', number: 'number', int: 'wholeNumber', array: 'list', object: 'group', record: 'group', boolean: 'yesNo' };

const valuesSchema = z.record(z.string(), z.union([z.string(), z.number()]));

function valuesIn(params: unknown): WantedValues {
  return valuesSchema.safeParse(params).data ?? {};
}

function isNumeric(origin: string): boolean {
  return origin === 'number' || origin === 'int';
}

function listed(values: readonly unknown[]): string {
  return values.map(String).join(', ');
}
