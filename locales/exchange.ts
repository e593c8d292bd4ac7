import { isDay, type Day } from '#knowledge/day.ts';
import type { Card } from '#knowledge/card.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { letterCount } from '#knowledge/letters.ts';
import { hashOf, standingOf, statusFileSchema, textStanding, type Standing, type StatusFile, type TextStatus, type Translations } from '#knowledge/translation.ts';
import { isGuarded, isWordList } from './guarded.ts';
import { faultsOfText, type Termbase, type WordFault } from './words.ts';

/**
 * Translations on their way to a translator's own tool and back, as a table (CSV) or a catalogue (PO). What comes back is
 * weighed line by line: each is taken, or named with the reason why not. The formats are in `exchangeFormats.ts`, the
 * files that a taken line changes in `exchangeFiles.ts`.
 */

/** One text as it goes out: where it belongs, both texts, how it stands, and the Vietnamese it must render. */
export type ExchangeLine = {
  /** `chat:passed.lead`, or `card:5k.mask#question`, `#answer`, `#more`. */
  key: string;
  vietnamese: string;
  /** Null where nothing is written yet. */
  text: string | null;
  standing: Standing;
  /** Hash of `vietnamese`; a line that comes back with another one renders an older text. */
  of: string;
  /** Who approved it, in which dialect, when; null for what is not approved. */
  approval: Approval | null;
};

export type Approval = { by: string; dialect: string; on: Day };

/** One line as it came back, before anything is believed of it. Empty strings where the file had nothing. */
export type ExchangeRow = { at: number; key: string; vietnamese: string; text: string; of: string; by: string; dialect: string; on: string };

/** What a taken line becomes. Without an approval it is a draft. `doubts` are words nobody attested, in a text that a speaker signed. */
export type ExchangeChange = { at: number; key: string; text: string; of: string; approval: Approval | null; doubts: Pick<WordFault, 'rule' | 'word'>[] };

export const REFUSALS = ['unknown-key', 'twice', 'vietnamese-changed', 'empty', 'values-differ', 'signature-incomplete', 'not-a-day', 'signature-needed', 'words', 'too-long', 'formula'] as const;

/** A line that was not taken: its place in the file, and why; `detail` names the words or values. */
export type ExchangeRefusal = { at: number; key: string; why: (typeof REFUSALS)[number]; detail: string };

export type ExchangeResult = { taken: ExchangeChange[]; unchanged: number; refused: ExchangeRefusal[] };

/** What the lines are made from: every text that residents read in both languages, its status, and the cards. */
export type ExchangeSource = {
  lang: Highland;
  vietnamese: ReadonlyMap<string, string>;
  own: ReadonlyMap<string, string>;
  status: StatusFile;
  cards: readonly Card[];
  translations: Pick<Translations, 'get'>;
};

/** Reads a status file; unknown content throws. */
export function readStatus(json: string): StatusFile {
  return statusFileSchema.parse(JSON.parse(json));
}

/** Every text and every card part there is to translate, interface first, each with what stands there now. */
export function exchangeLines(source: ExchangeSource): ExchangeLine[] {
  const texts = [...source.vietnamese].filter(([key]) => !isWordList(key)).map(([key, vietnamese]): ExchangeLine => {
    const text = source.own.get(key) ?? null;
    const status = source.status[key];
    return { key, vietnamese, text, standing: textStanding(text ?? undefined, vietnamese, status), of: hashOf(vietnamese), approval: approvalIn(text === null ? undefined : status) };
  });
  const cards = source.cards.flatMap((card): ExchangeLine[] => {
    const translation = source.translations.get(card.id, source.lang);
    const standing = standingOf(translation, card);
    const part = (name: 'question' | 'answer' | 'more', vietnamese: string, text: string | null): ExchangeLine => ({
      key: `card:${card.id}#${name}`, vietnamese, text, standing: text === null ? 'missing' : standing, of: hashOf(vietnamese), approval: approvalIn(text === null ? undefined : translation?.status),
    });
    return [
      part('question', card.question, translation?.question ?? null),
      part('answer', card.answer, translation?.answer ?? null),
      ...(card.more === null ? [] : [part('more', card.more, translation?.more ?? null)]),
    ];
  });
  return [...texts, ...cards];
}

/** A label on a button, with its Vietnamese in brackets, has this many letters at most. */
export const LABEL_LETTERS = 48;
const LABEL_KEY = /^chat:(button|menu\.(sessions|child|illness|support)|forwarded\.(check|ask)|choices\.none|language\.(take|keep)|announcement\.(stop|refuse)|news\.button|group|village\.(yes|no)|erase\.(yes|no)|voice\.(right|wrong)$)|^web:(callStation|menu\.key|person\.key|more|listen\.|ask\.send|wait\.retry|refresh)|^zalo:offer$|^vaccination:(child\.(button|choiceOther)|reminder\.(yes|no|skipName|done|stop)$)/;

/** How many letters a label has with its Vietnamese in brackets; a value in it counts as two. */
export function labelLetters(text: string, vietnamese: string): number {
  return letterCount(`${text} (${vietnamese})`.replace(/\{\{.*?\}\}/g, '00'));
}

/** Whether a text stands on a button, and therefore must be short. */
export function isLabel(key: string): boolean {
  return LABEL_KEY.test(key);
}

/**
 * Weighs what came back against what stands there. A line is a draft unless it names speaker, dialect and day. A draft
 * must keep to attested words; where a speaker signed, their word counts, and strange ones are only mentioned.
 */
export function takeExchange(lines: readonly ExchangeLine[], rows: readonly ExchangeRow[], base: Termbase): ExchangeResult {
  const known = new Map(lines.map((line) => [line.key, line]));
  const seen = new Set<string>();
  const result: ExchangeResult = { taken: [], unchanged: 0, refused: [] };
  for (const row of rows) {
    const refuse = (why: ExchangeRefusal['why'], detail = '') => result.refused.push({ at: row.at, key: row.key, why, detail });
    const line = known.get(row.key);
    const text = row.text.normalize('NFC').replace(/\r\n?/g, '\n').trim();
    const signature = signatureOf(row);
    if (line === undefined) {
      refuse('unknown-key');
      continue;
    }
    if (text === '' && line.text === null) {
      result.unchanged += 1;
      continue;
    }
    const doubts = faultsOfText(text, base);
    const values = strangeValues(text, line);
    if (seen.has(row.key)) refuse('twice');
    else if (isOlder(row, line)) refuse('vietnamese-changed');
    else if (text === '') refuse('empty');
    else if (/^[=@]/.test(text)) refuse('formula');
    else if (values.length > 0) refuse('values-differ', values.join(', '));
    else if (signature === 'incomplete') refuse('signature-incomplete');
    else if (signature === 'not-a-day') refuse('not-a-day', row.on);
    else if (isLabel(row.key) && labelLetters(text, line.vietnamese) > LABEL_LETTERS) refuse('too-long', String(LABEL_LETTERS));
    else if (text === line.text && sameApproval(signature, line.approval)) result.unchanged += 1;
    else if (signature === null && isGuarded(row.key)) refuse('signature-needed');
    else if (signature === null && doubts.length > 0) refuse('words', doubts.map(({ word }) => word).join(', '));
    else result.taken.push({ at: row.at, key: row.key, text, of: line.of, approval: signature, doubts });
    seen.add(row.key);
  }
  return result;
}

function approvalIn(status: TextStatus | undefined): Approval | null {
  return status?.status === 'approved' ? { by: status.by, dialect: status.dialect, on: status.on } : null;
}

/** Nothing written: a draft. Something, but not all three: incomplete. */
function signatureOf(row: ExchangeRow): Approval | null | 'incomplete' | 'not-a-day' {
  const [by, dialect, on] = [row.by.trim(), row.dialect.trim(), row.on.trim()];
  if (by === '' && dialect === '' && on === '') return null;
  if (by.length < 2 || dialect.length < 2 || on === '') return 'incomplete';
  return isDay(on) ? { by, dialect, on } : 'not-a-day';
}

function sameApproval(one: Approval | null, other: Approval | null): boolean {
  return one?.by === other?.by && one?.dialect === other?.dialect && one?.on === other?.on;
}

/** By its hash where the file kept it; by the Vietnamese itself where only that came back. */
function isOlder(row: ExchangeRow, line: ExchangeLine): boolean {
  if (row.of.trim() !== '') return row.of.trim() !== line.of;
  return row.vietnamese.trim() !== '' && hashOf(row.vietnamese) !== line.of;
}

/** An interface text needs each of its values; a card may leave some to the Vietnamese. Neither may bring another. */
function strangeValues(text: string, line: ExchangeLine): string[] {
  const own = valuesIn(text);
  const meant = valuesIn(line.vietnamese);
  return [...own.filter((value) => !meant.includes(value)), ...(line.key.startsWith('card:') ? [] : meant.filter((value) => !own.includes(value)))];
}

function valuesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)].map((hit) => hit[1] ?? ''))];
}
