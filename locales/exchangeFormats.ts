import { parse as parseCsv } from 'csv-parse/sync';
import type { Highland } from '#knowledge/identify/orthography.ts';
import type { ExchangeLine, ExchangeRow } from './exchange.ts';

/** The two forms in which translations travel. A table opens in any spreadsheet; a catalogue in Poedit and its like. */

/** Why a whole file cannot be read; single lines are weighed later. */
export type UnreadableExchange = 'not-a-table' | 'headings' | 'not-a-catalogue' | 'other-language';

export type ReadExchange = { ok: true; rows: ExchangeRow[] } | { ok: false; why: UnreadableExchange; detail: string };

const COLUMNS = ['key', 'vi', 'text', 'standing', 'by', 'dialect', 'on', 'of', 'lang'] as const;

/** The table, with a byte order mark, because spreadsheets take a table without one for another alphabet. */
export function toCsv(lines: readonly ExchangeLine[], lang: Highland): string {
  const rows = lines.map(({ key, vietnamese, text, standing, of, approval }) => [key, vietnamese, text ?? '', standing, approval?.by ?? '', approval?.dialect ?? '', approval?.on ?? '', of, lang]);
  return table([COLUMNS, ...rows]);
}

/** Rows as a table that any spreadsheet opens. */
export function table(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** Reads a table with commas, semicolons or tabs, its columns in any order. Only `key` and `text` must be there. */
export function readCsv(text: string, lang: Highland): ReadExchange {
  const rows = cells(text);
  if (rows === null) return { ok: false, why: 'not-a-table', detail: '' };
  const [head = [], ...body] = rows;
  const headings = head.map((heading) => heading.trim().toLowerCase());
  const missing = ['key', 'text'].filter((wanted) => !headings.includes(wanted));
  if (missing.length > 0) return { ok: false, why: 'headings', detail: missing.join(', ') };
  const column = (row: readonly string[], name: (typeof COLUMNS)[number]) => (headings.includes(name) ? (row[headings.indexOf(name)] ?? '') : '');
  const other = body.map((row) => column(row, 'lang').trim()).find((named) => named !== '' && named !== lang);
  if (other !== undefined) return { ok: false, why: 'other-language', detail: other };
  return {
    ok: true,
    rows: body.map((row, i) => ({ at: i + 2, key: column(row, 'key').trim(), vietnamese: column(row, 'vi'), text: column(row, 'text'), of: column(row, 'of'), by: column(row, 'by'), dialect: column(row, 'dialect'), on: column(row, 'on') })),
  };
}

/** The cells of a table with commas, semicolons or tabs; null when it is none. */
export function cells(text: string): string[][] | null {
  try {
    const clean = text.replace(/^\uFEFF/, '');
    const rows: unknown = parseCsv(clean, { bom: true, delimiter: delimiterOf(clean), relax_column_count: true, skip_empty_lines: true, relax_quotes: true });
    return isTable(rows) ? rows : null;
  } catch {
    return null;
  }
}

/**
 * The catalogue: the key is the context, the Vietnamese the message. What is not approved is marked fuzzy; who approved
 * stands in the comments of each entry.
 */
export function toPo(lines: readonly ExchangeLine[], lang: Highland): string {
  const header = ['msgid ""', 'msgstr ""', ...[`Language: ${lang}`, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit'].map((line) => quoted(`${line}\n`))].join('\n');
  const entries = lines.map(({ key, vietnamese, text, standing, of, approval }) => [
    ...(approval === null ? [] : [`# by: ${approval.by}`, `# dialect: ${approval.dialect}`, `# on: ${approval.on}`]),
    `#. of: ${of}`,
    ...(text !== null && standing !== 'approved' ? ['#, fuzzy'] : []),
    `msgctxt ${quoted(key)}`,
    `msgid ${block(vietnamese)}`,
    `msgstr ${block(text ?? '')}`,
  ].join('\n'));
  return `${[header, ...entries].join('\n\n')}\n`;
}

/**
 * Reads a catalogue. An entry is signed when its comments name speaker, dialect and day, or when it is not fuzzy and the
 * header does (`X-Signed-By`, `X-Dialect`, `X-Signed-On`).
 */
export function readPo(text: string, lang: Highland): ReadExchange {
  const entries = entriesOf(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'));
  if (entries === null) return { ok: false, why: 'not-a-catalogue', detail: '' };
  const head = entries.find(({ id }) => id === '');
  const headers = new Map((head?.str ?? '').split('\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
  }));
  const named = headers.get('language') ?? lang;
  if (named !== '' && named !== lang) return { ok: false, why: 'other-language', detail: named };
  const inHead = (name: string) => headers.get(name) ?? '';
  return {
    ok: true,
    rows: entries.filter(({ id }) => id !== '').map((entry): ExchangeRow => {
      const note = (name: string) => entry.notes.get(name) ?? '';
      const own = ['by', 'dialect', 'on'].some((name) => note(name) !== '');
      const signed = own && !entry.fuzzy ? { by: note('by'), dialect: note('dialect'), on: note('on') } : entry.fuzzy ? { by: '', dialect: '', on: '' } : { by: inHead('x-signed-by'), dialect: inHead('x-dialect'), on: inHead('x-signed-on') };
      return { at: entry.at, key: entry.context, vietnamese: entry.id, text: entry.str, of: note('of'), ...signed };
    }),
  };
}

type Entry = { at: number; context: string; id: string; str: string; fuzzy: boolean; notes: Map<string, string> };

/** Entries in the order of the file, each with the line where it begins; null when a line is none of a catalogue's. */
function entriesOf(text: string): Entry[] | null {
  const entries: Entry[] = [];
  let entry: Entry | null = null;
  let part: 'context' | 'id' | 'str' | null = null;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#~')) {
      part = null;
      continue;
    }
    const begins = line.startsWith('#') || /^msgctxt\b/.test(line) || (/^msgid\b/.test(line) && part !== 'context');
    if (begins && (entry === null || part === 'str' || entry.str !== '' || entry.id !== '')) {
      entry = { at: i + 1, context: '', id: '', str: '', fuzzy: false, notes: new Map() };
      entries.push(entry);
    }
    if (entry === null) return null;
    if (line.startsWith('#')) {
      part = null;
      if (/^#,.*\bfuzzy\b/.test(line)) entry.fuzzy = true;
      const note = /^#\.? *(by|dialect|on|of): *(.*)$/.exec(line);
      if (note) entry.notes.set(note[1] ?? '', (note[2] ?? '').trim());
      continue;
    }
    const said = /^(?:(msgctxt|msgid|msgstr)\s*)?("(?:[^"\\]|\\.)*")$/.exec(line);
    if (said === null) return null;
    if (said[1] !== undefined) part = said[1] === 'msgctxt' ? 'context' : said[1] === 'msgid' ? 'id' : 'str';
    if (part === null) return null;
    entry[part] += unquoted(said[2] ?? '""');
  }
  const whole = entries.filter(({ context, id, str }) => context !== '' || id !== '' || str !== '');
  return whole.length === 0 ? null : whole;
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, (sign) => `\\${sign}`).replace(/\n/g, '\\n').replace(/\t/g, '\\t')}"`;
}

/** A text of several lines stands one line a row, as catalogues are written. */
function block(text: string): string {
  if (!text.includes('\n')) return quoted(text);
  const lines = text.split('\n');
  return ['""', ...lines.map((line, i) => quoted(i < lines.length - 1 ? `${line}\n` : line))].join('\n');
}

function cell(value: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Spreadsheets in Vietnam save tables with semicolons as often as with commas. */
function delimiterOf(text: string): string {
  const [first = ''] = text.split('\n');
  return [',', ';', '\t'].sort((a, b) => first.split(b).length - first.split(a).length)[0] ?? ',';
}

function isTable(value: unknown): value is string[][] {
  return Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every((one) => typeof one === 'string'));
}
