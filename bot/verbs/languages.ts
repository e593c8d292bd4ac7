import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KNOWLEDGE_DIR } from '#bot/conversation/assemble.ts';
import { booklet } from '#bot/languages/booklet.ts';
import { listRecordings } from '#bot/store/recordings.ts';
import { laidTexts } from '#bot/store/translating.ts';
import { openForVerb } from './open-store.ts';
import { storeIsNew } from '#bot/doctor/store.ts';
import type { Card } from '#knowledge/card.ts';
import { dayOf, isDay } from '#knowledge/day.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { loadCards } from '#knowledge/load.ts';
import { loadTranslations, type Translations } from '#knowledge/translation.ts';
import { exchangeLines, takeExchange, type Approval, type ExchangeChange } from '#locales/exchange.ts';
import { exchangeSource, writeExchange } from '#locales/exchangeFiles.ts';
import { readCsv, readPo, toCsv, toPo } from '#locales/exchangeFormats.ts';
import { kitLines } from '#locales/kit.ts';
import { kitForm, readKitForm } from '#locales/kitForm.ts';
import { layTranslations, type LaidText } from '#locales/laid.ts';
import { languageStanding } from '#locales/standing.ts';
import { loadTermbase } from '#locales/words.ts';
import type { ExitCode, Verb, VerbContext } from './verb.ts';

const LOCALES = fileURLToPath(new URL('../../locales', import.meta.url));
const CARDS = join(KNOWLEDGE_DIR, 'cards');
const HIGHLAND = ['jra', 'bdq'] as const satisfies readonly Highland[];

type Options = { json: boolean; dryRun: boolean; by: string; dialect: string; on: string };
type Base = { cards: Card[]; translations: Translations };

/** `languages`: how far each language is; `kit`: an evening's booklet and its form; `export`, `import`: tables and catalogues for translators. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:languages.usage'),
  run: async (args, context) => {
    const asked = readArgs(args);
    if (asked === null) return wrong(context);
    const { positionals, options } = asked;
    const [command, code, file] = positionals;
    const lang = HIGHLAND.find((known) => known === code);
    const base = await loadBase();
    if (command === undefined) return standing(base, options, context);
    if (lang === undefined || positionals.length > 3) return wrong(context);
    switch (command) {
      case 'kit':
        return file === undefined ? writeKit(base, lang, context) : takeKit(base, lang, file, options, context);
      case 'export':
        return file === undefined ? wrong(context) : exportTo(base, lang, file, context);
      case 'import':
        return file === undefined ? wrong(context) : importFrom(base, lang, file, options, context);
      case 'write-back':
        return file === undefined ? writeBack(base, lang, options, context) : wrong(context);
      default:
        return wrong(context);
    }
  },
};

/** Writes what translators left on the console's desk into the files; what renders an older Vietnamese is named and stays in the store. */
async function writeBack(base: Base, lang: Highland, options: Options, context: VerbContext): Promise<ExitCode> {
  const { texts, out } = context;
  const found: LaidText[] = [];
  const failed = await openForVerb(context, async (opened) => {
    found.push(...(await opened.read(laidTexts)).filter((text) => text.lang === lang));
    return 0;
  });
  if (failed !== 0) return failed;
  const lines = new Map(exchangeLines(exchangeSource(LOCALES, lang, base.cards, base.translations)).map((line) => [line.key, line]));
  const taken: ExchangeChange[] = [];
  const old: string[] = [];
  let unchanged = 0;
  for (const { key, text, of, approval } of found) {
    const line = lines.get(key);
    if (line?.of !== of) old.push(key);
    else if (line.text === text && line.standing !== 'stale' && line.approval?.by === approval?.by && line.approval?.dialect === approval?.dialect && line.approval?.on === approval?.on) unchanged += 1;
    else taken.push({ at: taken.length + 1, key, text, of, approval, doubts: [] });
  }
  for (const [i, key] of old.entries()) out.write(`${texts.say('vi', 'cli:languages.refused', { at: i + 1, key, why: texts.say('vi', 'cli:languages.why.vietnamese-changed', { detail: '' }) })}\n`);
  return store(base, lang, taken, { unchanged, refused: old.length }, options, context);
}

function readArgs(args: string[]): { positionals: string[]; options: Options } | null {
  try {
    const { values, positionals } = parseArgs({
      args, allowPositionals: true,
      options: { 'json': { type: 'boolean' }, 'dry-run': { type: 'boolean' }, 'by': { type: 'string' }, 'dialect': { type: 'string' }, 'on': { type: 'string' } },
    });
    return { positionals, options: { json: values.json === true, dryRun: values['dry-run'] === true, by: values.by ?? '', dialect: values.dialect ?? '', on: values.on ?? '' } };
  } catch {
    return null;
  }
}

function wrong({ texts, err }: VerbContext): ExitCode {
  err.write(`${texts.say('vi', 'cli:languages.usage')}\n`);
  return 2;
}

async function loadBase(): Promise<Base> {
  const cards = (await loadCards(CARDS, dayOf(Date.now()))).cards;
  return { cards, translations: await loadTranslations(CARDS, cards) };
}

/** What is approved, draft, stale, missing, recorded. Recordings and what translators wrote are the station's, so without a store there are only the files. */
async function standing({ cards, translations }: Base, options: Options, context: VerbContext): Promise<ExitCode> {
  const { texts, out, config } = context;
  const recorded = new Map<string, number>();
  let laid: readonly LaidText[] = [];
  if (!storeIsNew(config)) {
    const failed = await openForVerb(context, async (store) => {
      for (const { lang, state, subject } of await store.read((tx) => listRecordings(tx))) if (state === 'approved' && !/^(campaign|answer):/u.test(subject)) recorded.set(lang, (recorded.get(lang) ?? 0) + 1);
      laid = await store.read(laidTexts);
      return 0;
    });
    if (failed !== 0) return failed;
  }
  const all = HIGHLAND.map((lang) => ({ ...languageStanding(LOCALES, lang, cards, layTranslations(translations, laid, cards), laid), recorded: recorded.get(lang) ?? 0 }));
  if (options.json) {
    out.write(`${JSON.stringify(all)}\n`);
    return 0;
  }
  for (const { lang, texts: own, cards: told, guarded, stale, recorded: voices } of all) {
    out.write(`${texts.say('vi', 'cli:languages.head', { language: texts.say('vi', `chat:languageName.${lang}`), recorded: voices })}\n`);
    out.write(`${texts.say('vi', 'cli:languages.texts', { ...own, guarded })}\n${texts.say('vi', 'cli:languages.cards', told)}\n`);
    if (stale.length > 0) out.write(`${texts.say('vi', 'cli:languages.stale', { keys: stale.join(', ') })}\n`);
  }
  return 0;
}

async function writeKit({ cards, translations }: Base, lang: Highland, { texts, out }: VerbContext): Promise<ExitCode> {
  const lines = kitLines(LOCALES, lang, cards, translations);
  const files = { booklet: `kit-${lang}.html`, form: `kit-${lang}.csv` };
  await writeFile(files.booklet, await booklet(lines, lang, texts));
  await writeFile(files.form, kitForm(lines, cards));
  out.write(`${texts.say('vi', 'cli:languages.kit.done', { ...files, lang, count: lines.length })}\n`);
  return 0;
}

async function takeKit(base: Base, lang: Highland, file: string, options: Options, context: VerbContext): Promise<ExitCode> {
  const { texts, err, out } = context;
  const { by, dialect, on } = options;
  if (by.length < 2 || dialect.length < 2 || !isDay(on)) {
    err.write(`${texts.say('vi', 'cli:languages.kit.unsigned')}\n`);
    return 2;
  }
  const text = await read(file, context);
  if (text === null) return 1;
  const approval: Approval = { by, dialect, on };
  const result = readKitForm(text, kitLines(LOCALES, lang, base.cards, base.translations), base.cards, approval);
  if (!result.ok) {
    err.write(`${texts.say('vi', `cli:languages.unreadable.${result.why}`, { file, detail: '' })}\n`);
    return 1;
  }
  for (const { number, why } of result.refused) out.write(`${texts.say('vi', 'cli:languages.refusedNumber', { number, why: texts.say('vi', `cli:languages.why.${why}`, { detail: '' }) })}\n`);
  return store(base, lang, result.taken, { unchanged: result.left, refused: result.refused.length }, options, context);
}

async function exportTo(base: Base, lang: Highland, file: string, { texts, out }: VerbContext): Promise<ExitCode> {
  const lines = exchangeLines(exchangeSource(LOCALES, lang, base.cards, base.translations));
  await writeFile(file, isCatalogue(file) ? toPo(lines, lang) : toCsv(lines, lang));
  out.write(`${texts.say('vi', 'cli:languages.exported', { count: lines.length, file })}\n`);
  return 0;
}

async function importFrom(base: Base, lang: Highland, file: string, options: Options, context: VerbContext): Promise<ExitCode> {
  const { texts, out, err } = context;
  const text = await read(file, context);
  if (text === null) return 1;
  const back = isCatalogue(file) ? readPo(text, lang) : readCsv(text, lang);
  if (!back.ok) {
    err.write(`${texts.say('vi', `cli:languages.unreadable.${back.why}`, { file, detail: back.detail })}\n`);
    return 1;
  }
  const result = takeExchange(exchangeLines(exchangeSource(LOCALES, lang, base.cards, base.translations)), back.rows, loadTermbase(join(LOCALES, 'glossary'), lang));
  for (const { at, key, why, detail } of result.refused) out.write(`${texts.say('vi', 'cli:languages.refused', { at, key, why: texts.say('vi', `cli:languages.why.${why}`, { detail }) })}\n`);
  for (const { at, key, doubts } of result.taken) if (doubts.length > 0) out.write(`${texts.say('vi', 'cli:languages.doubts', { at, key, words: doubts.map(({ word }) => word).join(', ') })}\n`);
  return store(base, lang, result.taken, { unchanged: result.unchanged, refused: result.refused.length }, options, context);
}

function store(base: Base, lang: Highland, taken: readonly ExchangeChange[], counts: { unchanged: number; refused: number }, options: Options, { texts, out }: VerbContext): ExitCode {
  const written = options.dryRun ? { files: [], partly: [] } : writeExchange({ localesDir: LOCALES, cardsDir: CARDS }, exchangeSource(LOCALES, lang, base.cards, base.translations), taken);
  for (const { card, why } of written.partly) out.write(`${texts.say('vi', `cli:languages.partly.${why}`, { card })}\n`);
  const summary = { taken: taken.length, ...counts };
  out.write(options.json ? `${JSON.stringify(summary)}\n` : `${texts.say('vi', options.dryRun ? 'cli:languages.wouldTake' : 'cli:languages.taken', summary)}\n`);
  return counts.refused === 0 ? 0 : 1;
}

async function read(file: string, { texts, err }: VerbContext): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    err.write(`${texts.say('vi', 'cli:languages.noFile', { file })}\n`);
    return null;
  }
}

function isCatalogue(file: string): boolean {
  return /\.pot?$/i.test(file);
}
