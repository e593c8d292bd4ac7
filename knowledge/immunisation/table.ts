import { readFile } from 'node:fs/promises';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { isDay, type Day } from '#knowledge/day.ts';
import { faultsOf, FOR_PEOPLE, fromFailure, ruleMessage, type FieldFault, type Rule, type WantedValues } from '#knowledge/wanted.ts';

/**
 * The immunisation schedule as data: `schedule.yaml` beside this file, checked. The engine that reads it
 * (`bot/vaccination/schedule.ts`) holds no age, no interval and no vaccine of its own.
 */

const day = z.custom<Day>((value) => typeof value === 'string' && isDay(value), { error: ruleMessage('day') });
const span = z.strictObject({ at: z.number().int().min(0), unit: z.enum(['day', 'week', 'month', 'year']) });
const confidence = z.enum(['A', 'B+', 'B', 'C', 'D']);

const afterSchema = z.union([
  z.strictObject({ row: z.string(), at: z.number().int().min(1), unit: z.enum(['day', 'week', 'month', 'year']), confidence }),
  /** A dose that follows another at an interval that no source states. */
  z.strictObject({ row: z.string(), at: z.null(), confidence: z.literal('D') }),
]);

const rowSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/, { error: ruleMessage('rowId') }),
  audience: z.enum(['child', 'pregnant']).default('child'),
  /** The vaccine; doses of one vaccine share it, and a place switches a vaccine on by it. */
  series: z.string().regex(/^[a-z][a-z0-9-]*$/, { error: ruleMessage('shortName') }),
  /** What residents call the dose, in Vietnamese. */
  name: z.string().min(3),
  /** Earliest age by the text; left out where the text ties the dose to nothing but the one before. */
  age: span.optional(),
  windowDays: z.number().int().min(0).optional(),
  before: span.optional(),
  after: afterSchema.optional(),
  /** Another vaccine that, if it was given, must lie this far back; it need not have been given. */
  spacing: z.strictObject({ row: z.string(), at: z.number().int().min(1), unit: z.enum(['day', 'week', 'month', 'year']), confidence }).optional(),
  late: z.enum(['continue', 'ask']),
  gate: z.enum(['open', 'place', 'never']),
  /** A clinical step: said only where a health worker of the place has signed it. */
  clinical: z.boolean().default(false),
  sources: z.array(z.string()).min(1),
  validFrom: day,
  /** From the day after, only what the place switched on later than this counts. */
  validUntil: day.optional(),
  confidence,
  doubts: z.array(z.string()).default([]),
});

const tableSchema = z.strictObject({
  title: z.string().min(3),
  /** The circular whose ages these are, and the day it was signed. */
  circular: z.string().min(3),
  publishedOn: day,
  /** From the day after, replies say that the station must confirm the table first. */
  reviewBy: day,
  childBefore: span,
  standing: z.string().min(3),
  /** `date` is left out where the page carries none, `url` where there is no page (a leaflet). */
  sources: z.record(z.string(), z.strictObject({ name: z.string().min(3), date: day.optional(), url: z.url().optional() })),
  rows: z.array(rowSchema).min(1),
}).superRefine((table, context) => {
  const seen = new Map<string, (typeof table.rows)[number]>();
  table.rows.forEach((row, i) => {
    const fault = (field: string, rule: Rule, values: WantedValues = {}) => { context.addIssue({ code: 'custom', path: ['rows', i, field], message: ruleMessage(rule), params: { row: row.id, ...values } }); };
    if (seen.has(row.id)) fault('id', 'newRow');
    for (const source of row.sources) if (!(source in table.sources)) fault('sources', 'listedSource', { source });
    const previous = row.after === undefined ? undefined : seen.get(row.after.row);
    if (row.after !== undefined && previous === undefined) fault('after', 'rowAbove');
    if (previous !== undefined && previous.audience !== row.audience) fault('after', 'samePeople');
    if (row.spacing !== undefined && !seen.has(row.spacing.row)) fault('spacing', 'rowAbove');
    if (row.gate !== 'never' && row.audience === 'child' && row.age === undefined) fault('age', 'ageOrNever');
    if (row.gate !== 'never' && row.windowDays === undefined) fault('windowDays', 'daysOrNever');
    if (row.confidence === 'D' && row.gate !== 'never') fault('gate', 'neverUnclaimed');
    if (row.clinical && row.gate === 'open') fault('gate', 'clinicalGate');
    seen.set(row.id, row);
  });
});

/** A length of time in calendar units: ages, and intervals between doses. */
export type Span = z.infer<typeof span>;
/** One dose of the schedule. */
export type ScheduleRow = z.infer<typeof rowSchema>;
export type ScheduleTable = z.infer<typeof tableSchema>;

export type TableResult = { ok: true; table: ScheduleTable } | { ok: false; file: string; faults: FieldFault[] };

/** The table that ships. */
const SCHEDULE_FILE = new URL('./schedule.yaml', import.meta.url);

/** Reads a table. What is wrong comes back as faults with field and expected form. */
export async function loadScheduleTable(file: URL = SCHEDULE_FILE): Promise<TableResult> {
  let raw: unknown;
  try {
    raw = parseYaml((await readFile(file, 'utf8')).normalize('NFC'));
  } catch (error) {
    return { ok: false, file: file.pathname, faults: [{ field: 'file', expected: fromFailure(error) }] };
  }
  return checkScheduleTable(raw, file.pathname);
}

/** Checks a table that was already read; `file` is only named in faults. */
export function checkScheduleTable(raw: unknown, file: string): TableResult {
  const parsed = tableSchema.safeParse(raw, FOR_PEOPLE);
  if (parsed.success) return { ok: true, table: parsed.data };
  return { ok: false, file, faults: faultsOf(parsed.error, 'file') };
}
