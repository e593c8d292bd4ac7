import { readFile } from 'node:fs/promises';
import { parse as parseCsv } from 'csv-parse/sync';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { dayOf, isDay, type Day } from '#knowledge/day.ts';
import type { ScheduleRow } from '#knowledge/immunisation/table.ts';
import { fold } from '#knowledge/text.ts';
import { hasEnded, sessionId, type Session, type SessionStore } from './sessions.ts';

/**
 * Sessions from a CSV file, a table pasted from a spreadsheet, or a calendar (`session-calendar.ts`), with a report
 * line by line. A line that cannot be understood is refused with what was expected; the others are taken.
 */

const FIELDS = ['id', 'day', 'hours', 'from', 'to', 'place', 'map', 'villages', 'who', 'vaccines', 'bring', 'left', 'note', 'state'] as const;
export type SessionField = (typeof FIELDS)[number];

/** What is wrong with one cell. The sentence for it is a text of the locale: `import.fault.<code>`. */
export type LineFault = { field: SessionField | 'line'; code: 'missing' | 'not-a-day' | 'not-an-hour' | 'ends-before' | 'unknown-village' | 'not-a-number' | 'not-a-link' | 'not-an-id' | 'repeats' | 'whole-day' | 'zone'; value: string };

/** One line as read. `stateSaid` tells whether the line itself said planned or cancelled. */
export type ReadLine = { line: number } & ({ ok: true; session: Session; stateSaid: boolean } | { ok: false; faults: LineFault[] });

export type ReadSessions =
  | { ok: true; lines: ReadLine[] }
  /** Not a table of sessions at all: these headings are needed, or the text cannot be read. */
  | { ok: false; code: 'empty' | 'unreadable' | 'headings'; missing: SessionField[] };

const wordsSchema = z.strictObject({ headings: z.record(z.enum(FIELDS), z.array(z.string())), everybody: z.array(z.string()), cancelled: z.array(z.string()), planned: z.array(z.string()) });
export type SessionWords = z.infer<typeof wordsSchema>;

export async function loadSessionWords(file = new URL('./session-words.yaml', import.meta.url)): Promise<SessionWords> {
  return wordsSchema.parse(parseYaml(await readFile(file, 'utf8')));
}

/** What lines are read against: the place's villages and the rows of the schedule. */
export type ImportContext = {
  words: SessionWords;
  villages: readonly { id: string; name: string; aliases: readonly string[] }[];
  rows: readonly ScheduleRow[];
  nowMs: number;
};

/** Reads a CSV file (comma or semicolon), or a table pasted with tabs or bars. The first line holds the headings. */
export function readSessionTable(text: string, context: ImportContext): ReadSessions {
  const plain = text.replace(/^\uFEFF/, '').normalize('NFC');
  const first = plain.split('\n').find((line) => line.trim() !== '');
  if (first === undefined) return { ok: false, code: 'empty', missing: [] };
  const delimiter = ['\t', ';', '|', ','].find((mark) => first.includes(mark)) ?? ',';
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = recordsSchema.parse(parseCsv(plain, { delimiter, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, trim: true }));
  } catch (error) {
    if (error instanceof Error) return { ok: false, code: 'unreadable', missing: [] };
    throw error;
  }
  const [head, ...body] = records;
  const columns = (head?.record ?? []).map((cell) => headingOf(cell, context.words));
  const missing = (['day', 'place'] as const).filter((field) => !columns.includes(field));
  if (missing.length > 0) return { ok: false, code: 'headings', missing: [...missing] };

  const seen = new Set<string>();
  const lines = body
    // The rule under the headings of a pasted table.
    .filter(({ record }) => !record.every((cell) => /^[\s:|-]*$/.test(cell)))
    .map(({ record, info }): ReadLine => {
      const cell = (field: SessionField) => (columns.includes(field) ? (record[columns.indexOf(field)] ?? '').trim() : '');
      return once(readLine(info.lines, cell, context), seen);
    });
  return { ok: true, lines };
}

const recordsSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/** The second line with the same session in one file is a mistake to be shown, not a change. */
export function once(line: ReadLine, seen: Set<string>): ReadLine {
  if (!line.ok) return line;
  if (seen.has(line.session.id)) return { line: line.line, ok: false, faults: [{ field: 'line', code: 'repeats', value: line.session.place }] };
  seen.add(line.session.id);
  return line;
}

export type ImportLine = { line: number; outcome: 'added' | 'changed' | 'unchanged' | 'past'; session: Session } | { line: number; outcome: 'refused'; faults: LineFault[] };

/** Takes what was read into the store and tells of each line what became of it. With `dryRun` nothing is written. */
export async function importSessions(store: SessionStore, lines: readonly ReadLine[], nowMs: number, dryRun = false): Promise<ImportLine[]> {
  const existing = new Map((await store.list({ from: dayOf(nowMs), to: null })).map((session) => [session.id, session]));
  const report = lines.map((line) => outcomeOf(line, existing, nowMs));
  const write = report.flatMap((line) => (line.outcome === 'added' || line.outcome === 'changed' ? [line.session] : []));
  if (!dryRun && write.length > 0) await store.upsert(write);
  return report;
}

function outcomeOf(line: ReadLine, existing: Map<string, Session>, nowMs: number): ImportLine {
  if (!line.ok) return { line: line.line, outcome: 'refused', faults: line.faults };
  const before = existing.get(line.session.id);
  // A cancelled session is not revived by the file it once came from, only by a line that says so.
  const session = before === undefined || line.stateSaid ? line.session : { ...line.session, state: before.state };
  if (hasEnded(session, nowMs)) return { line: line.line, outcome: 'past', session };
  if (before === undefined) return { line: line.line, outcome: 'added', session };
  return { line: line.line, outcome: isSame(before, session) ? 'unchanged' : 'changed', session };
}

function isSame(a: Session, b: Session): boolean {
  const keys = Object.keys(a).sort();
  return JSON.stringify(a, keysDeep(keys)) === JSON.stringify(b, keysDeep(keys));
}

function keysDeep(keys: string[]): string[] {
  return [...keys, 'text', 'rows'];
}

function readLine(line: number, cell: (field: SessionField) => string, context: ImportContext): ReadLine {
  const faults: LineFault[] = [];
  const fault = (field: SessionField, code: LineFault['code']) => { faults.push({ field, code, value: cell(field) }); };

  const day = dayIn(cell('day'), context.nowMs);
  if (day === null) fault('day', cell('day') === '' ? 'missing' : 'not-a-day');
  const place = cell('place');
  if (place.length < 2) fault('place', 'missing');
  const { from, to, faultyField } = hoursIn(cell);
  if (from === null || to === null) fault(faultyField, cell(faultyField) === '' ? 'missing' : 'not-an-hour');
  else if (to <= from) fault(faultyField, 'ends-before');
  const villages = villagesIn(cell('villages'), context);
  if (villages === null) fault('villages', 'unknown-village');
  const left = cell('left');
  if (left !== '' && !/^\d{1,5}$/.test(left)) fault('left', 'not-a-number');
  const map = cell('map');
  if (map !== '' && !/^https?:\/\/\S+$/.test(map)) fault('map', 'not-a-link');
  const id = cell('id').toLowerCase();
  if (id !== '' && !/^[a-z0-9][a-z0-9-]{2,63}$/.test(id)) fault('id', 'not-an-id');
  if (faults.length > 0 || day === null || from === null || to === null || villages === null) return { line, ok: false, faults };

  const state = plainly(cell('state'));
  const isCancelled = context.words.cancelled.some((word) => plainly(word) === state);
  const session: Session = {
    id: id === '' ? sessionId(day, from, place) : id,
    day,
    fromMinute: from,
    toMinute: to,
    place,
    mapUrl: map === '' ? null : map,
    villages,
    who: cell('who'),
    vaccines: listIn(cell('vaccines'), /[;+\n]|,(?!\d)/).map((text) => ({ text, rows: rowsNamed(text, context.rows) })),
    bring: listIn(cell('bring'), /[;,+\n]/),
    placesLeft: left === '' ? null : Number(left),
    note: cell('note') === '' ? null : cell('note'),
    state: isCancelled ? 'cancelled' : 'planned',
  };
  return { line, ok: true, session, stateSaid: isCancelled || context.words.planned.some((word) => plainly(word) === state) };
}

function headingOf(cell: string, words: SessionWords): SessionField | null {
  return FIELDS.find((field) => words.headings[field].some((heading) => plainly(heading) === plainly(cell))) ?? null;
}

function plainly(text: string): string {
  return fold(text.toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

function dayIn(text: string, nowMs: number): Day | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  const local = /(?:^|\s)(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?$/.exec(text);
  const today = dayOf(nowMs);
  const make = (year: number, month: string | undefined, date: string | undefined) => {
    const day = `${year}-${(month ?? '').padStart(2, '0')}-${(date ?? '').padStart(2, '0')}`;
    return isDay(day) ? day : null;
  };
  if (iso !== null) return make(Number(iso[1]), iso[2], iso[3]);
  if (local === null) return null;
  if (local[3] !== undefined) return make(local[3].length === 2 ? 2000 + Number(local[3]) : Number(local[3]), local[2], local[1]);
  // Without a year it is the next such day.
  const thisYear = Number(today.slice(0, 4));
  const day = make(thisYear, local[2], local[1]);
  return day !== null && day >= today ? day : make(thisYear + 1, local[2], local[1]);
}

/** From two columns, or from one: "7h30 - 10h30". */
function hoursIn(cell: (field: SessionField) => string): { from: number | null; to: number | null; faultyField: SessionField } {
  const both = cell('hours').split(/\s*(?:-|–|đến|tới|->)\s*/u);
  if (cell('hours') !== '') return { from: minuteIn(both[0] ?? ''), to: minuteIn(both[1] ?? ''), faultyField: 'hours' };
  const from = minuteIn(cell('from'));
  return { from, to: minuteIn(cell('to')), faultyField: from === null ? 'from' : 'to' };
}

function minuteIn(text: string): number | null {
  const match = /^(\d{1,2})\s*(?:(?:[:.hg]|giờ)\s*(\d{2})?)?(?::\d{2})?$/u.exec(text.trim().toLowerCase());
  const [hour, minute] = [Number(match?.[1] ?? NaN), Number(match?.[2] ?? 0)];
  return hour <= 23 && minute <= 59 ? hour * 60 + minute : null;
}

/** Village ids; empty for the whole commune; null when one is not of this place. */
export function villagesIn(text: string, context: Pick<ImportContext, 'villages' | 'words'>): string[] | null {
  if (text === '' || context.words.everybody.some((word) => plainly(word) === plainly(text))) return [];
  const ids = listIn(text, /[;,+\n]/).map((name) => context.villages.find((village) => [village.id, village.name, ...village.aliases].some((other) => plainly(other) === plainly(name)))?.id);
  return ids.every((id) => id !== undefined) ? [...new Set(ids)].sort() : null;
}

function listIn(text: string, separator: RegExp): string[] {
  return text.split(separator).map((part) => part.trim()).filter((part) => part !== '');
}

/** The rows that a vaccine's name stands for: an id, a dose's name, or a vaccine's name for all its doses. */
export function rowsNamed(text: string, rows: readonly ScheduleRow[]): string[] {
  const name = plainly(text);
  const named = rows.filter((row) => row.id === text.trim().toLowerCase() || plainly(row.name) === name);
  return (named.length > 0 ? named : rows.filter((row) => row.series === name || plainly(row.name).startsWith(`${name} `))).map((row) => row.id);
}
