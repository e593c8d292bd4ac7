import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openForVerb, placeForVerb } from './open-store.ts';
import { sessionStoreOver } from '#bot/vaccination/live.ts';
import { importReport, sessionLine } from '#bot/vaccination/replies.ts';
import { readSessionCalendar, toCalendar } from '#bot/vaccination/session-calendar.ts';
import { importSessions, loadSessionWords, readSessionTable, type ImportContext } from '#bot/vaccination/session-import.ts';
import type { SessionStore } from '#bot/vaccination/sessions.ts';
import type { Say } from '#bot/vaccination/texts.ts';
import { dayOf } from '#knowledge/day.ts';
import { loadScheduleTable } from '#knowledge/immunisation/table.ts';
import type { ExitCode, Verb, VerbContext } from './verb.ts';

type Options = { json: boolean; dryRun: boolean };

/** `sessions import FILE|- | list | cancel ID | export FILE`: the station's calendar until the console has its pages. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:sessions.usage'),
  run: async (args, context) => {
    const parsed = readArgs(args);
    if (parsed === null) return wrong(context);
    const { command, argument, options } = parsed;
    if ((command === 'list') !== (argument === undefined)) return wrong(context);
    return openForVerb(context, async (store) => {
      const calendar = sessionStoreOver(store);
      switch (command) {
        case 'import':
          return importFile(calendar, argument ?? '', options, context);
        case 'list':
          return list(calendar, options, context);
        case 'cancel':
          return cancel(calendar, argument ?? '', context);
        case 'export':
          return exportFile(calendar, argument ?? '', context);
      }
    });
  },
};

const COMMANDS = ['import', 'list', 'cancel', 'export'] as const;

function readArgs(args: string[]): { command: (typeof COMMANDS)[number]; argument: string | undefined; options: Options } | null {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { 'json': { type: 'boolean' }, 'dry-run': { type: 'boolean' } } });
    const command = COMMANDS.find((known) => known === positionals[0]);
    if (command === undefined || positionals.length > 2) return null;
    return { command, argument: positionals[1], options: { json: values.json === true, dryRun: values['dry-run'] === true } };
  } catch {
    return null;
  }
}

function wrong({ texts, err }: VerbContext): ExitCode {
  err.write(`${texts.say('vi', 'cli:sessions.usage')}\n`);
  return 2;
}

async function importFile(calendar: SessionStore, file: string, options: Options, context: VerbContext): Promise<ExitCode> {
  const { texts, out, err } = context;
  const text = await readText(file, context);
  if (text === null) {
    err.write(`${texts.say('vi', 'cli:sessions.unreadable', { file })}\n`);
    return 1;
  }
  const importing = await importContext(context);
  if (importing === null) return 1;
  const read = /^\s*BEGIN:VCALENDAR/i.test(text) ? readSessionCalendar(text, importing) : readSessionTable(text, importing);
  if (!read.ok) {
    const missing = read.missing.map((field) => texts.say('vi', `vaccination:import.field.${field}`)).join(', ');
    err.write(`${texts.say('vi', `cli:sessions.notRead.${read.code}`, { file, missing })}\n`);
    return 1;
  }
  const report = await importSessions(calendar, read.lines, importing.nowMs, options.dryRun);
  out.write(options.json ? `${JSON.stringify(report)}\n` : `${importReport(sayer(context), report).join('\n')}\n`);
  return report.some((line) => line.outcome === 'refused') ? 1 : 0;
}

async function list(calendar: SessionStore, options: Options, context: VerbContext): Promise<ExitCode> {
  const { texts, out } = context;
  const sessions = await calendar.list({ from: dayOf(Date.now()), to: null });
  if (options.json) {
    out.write(`${JSON.stringify(sessions)}\n`);
    return 0;
  }
  if (sessions.length === 0) out.write(`${texts.say('vi', 'vaccination:sessions.none')}\n`);
  for (const session of sessions) {
    const cancelled = session.state === 'cancelled' ? ` ${texts.say('vi', 'cli:sessions.cancelledMark')}` : '';
    out.write(`${session.id}  ${sessionLine(sayer(context), session)}${cancelled}\n`);
  }
  return 0;
}

async function cancel(calendar: SessionStore, id: string, { texts, out, err }: VerbContext): Promise<ExitCode> {
  const found = await calendar.cancel(id);
  (found ? out : err).write(`${texts.say('vi', found ? 'cli:sessions.cancelled' : 'cli:sessions.notFound', { id: id.slice(0, 64) })}\n`);
  return found ? 0 : 1;
}

async function exportFile(calendar: SessionStore, file: string, context: VerbContext): Promise<ExitCode> {
  const nowMs = Date.now();
  const sessions = await calendar.list({ from: dayOf(nowMs), to: null });
  const text = toCalendar(sessions, (session) => context.texts.say('vi', 'vaccination:calendar.title', { place: session.place }), nowMs);
  if (file === '-') context.out.write(text);
  else await writeFile(file, text);
  return 0;
}

async function readText(file: string, { input }: VerbContext): Promise<string | null> {
  if (file !== '-') return readFile(file, 'utf8').catch(() => null);
  let text = '';
  for await (const chunk of input) text += String(chunk);
  return text;
}

async function importContext(context: VerbContext): Promise<ImportContext | null> {
  const [place, table, words] = await Promise.all([placeForVerb(context), loadScheduleTable(), loadSessionWords()]);
  if (place === null) return null;
  if (!table.ok) throw new Error(table.file);
  return { words, villages: place.villages, rows: table.table.rows, nowMs: Date.now() };
}

function sayer({ texts }: VerbContext): Say {
  return (key, values) => texts.say('vi', `vaccination:${key}`, values);
}
