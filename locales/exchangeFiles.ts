import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dump } from 'js-yaml';
import { z } from 'zod';
import type { Card } from '#knowledge/card.ts';
import { CLINICAL, MORE } from '#knowledge/sheet.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { cardHash, standingOf, type StatusFile, type TextStatus, type Translation, type Translations } from '#knowledge/translation.ts';
import { readStatus, type Approval, type ExchangeChange, type ExchangeSource } from './exchange.ts';
import { residentTexts } from './standing.ts';

/** Taken lines as changes of the files: texts and their status under `locales`, translated cards beside the Vietnamese. */

/** Where the files lie: the folder `locales`, and the folder of cards. */
export type ExchangePlaces = { localesDir: string; cardsDir: string };

/** Everything an exchange rests on, as the files have it. Throws when a file is not JSON. */
export function exchangeSource(localesDir: string, lang: Highland, cards: readonly Card[], translations: Pick<Translations, 'get'>): ExchangeSource {
  return {
    lang, cards, translations,
    vietnamese: residentTexts(localesDir, 'vi'),
    own: residentTexts(localesDir, lang),
    status: readStatus(readFileSync(join(localesDir, lang, 'status.json'), 'utf8')),
  };
}

/** Files that were written; and cards that stay drafts or unwritten because not all of their parts came, or not all signed. */
export type Written = { files: string[]; partly: { card: string; why: 'unsigned-part' | 'missing-part' }[] };

/** Writes what was taken. A card counts as approved only when each of its parts is. */
export function writeExchange(places: ExchangePlaces, source: ExchangeSource, changes: readonly ExchangeChange[]): Written {
  const texts = changes.filter(({ key }) => !key.startsWith('card:'));
  const files = texts.length === 0 ? [] : writeTexts(places.localesDir, source, texts);
  const partly: Written['partly'] = [];
  for (const card of source.cards) {
    const parts = changes.filter(({ key }) => key.startsWith(`card:${card.id}#`));
    if (parts.length === 0) continue;
    const made = translated(source, card, parts);
    if (made === null) {
      partly.push({ card: card.id, why: 'missing-part' });
      continue;
    }
    if (made.status.status === 'draft' && parts.some(({ approval }) => approval !== null)) partly.push({ card: card.id, why: 'unsigned-part' });
    files.push(writeCard(places.cardsDir, made, card));
  }
  return { files, partly };
}

type Tree = { [key: string]: string | Tree };
const tree: z.ZodType<Tree> = z.lazy(() => z.record(z.string(), z.union([z.string(), tree])));

function writeTexts(dir: string, { lang, status }: ExchangeSource, changes: readonly ExchangeChange[]): string[] {
  const written: string[] = [];
  const names = [...new Set(changes.map(({ key }) => key.split(':')[0] ?? ''))];
  for (const name of names) {
    const path = join(dir, lang, `${name}.json`);
    const texts = tree.parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const { key, text } of changes) if (key.startsWith(`${name}:`)) put(texts, key.slice(name.length + 1).split('.'), text);
    writeFileSync(path, `${JSON.stringify(texts, null, 2)}\n`);
    written.push(path);
  }
  const path = join(dir, lang, 'status.json');
  const all: StatusFile = { ...status, ...Object.fromEntries(changes.map(({ key, of, approval }) => [key, statusFrom(of, approval)])) };
  const lines = Object.entries(all).map(([key, one]) => `  ${JSON.stringify(key)}: { ${Object.entries(one).map(([field, value]) => `${JSON.stringify(field)}: ${JSON.stringify(value)}`).join(', ')} }`);
  writeFileSync(path, `{\n${lines.join(',\n')}\n}\n`);
  return [...written, path];
}

function put(node: Tree, [head = '', ...rest]: string[], text: string): void {
  if (rest.length === 0) {
    node[head] = text;
    return;
  }
  const below = node[head];
  const inner: Tree = typeof below === 'object' ? below : {};
  node[head] = inner;
  put(inner, rest, text);
}

function statusFrom(of: string, approval: Approval | null): TextStatus {
  return approval === null ? { status: 'draft', of } : { status: 'approved', of, ...approval };
}

/** The card's translation with the changed parts in it; null while it would have no label or no answer. */
function translated({ lang, translations }: ExchangeSource, card: Card, parts: readonly ExchangeChange[]): Translation | null {
  const before = translations.get(card.id, lang);
  const change = (name: string) => parts.find(({ key }) => key === `card:${card.id}#${name}`);
  const texts = { question: change('question')?.text ?? before?.question, answer: change('answer')?.text ?? before?.answer, more: change('more')?.text ?? before?.more ?? null };
  if (texts.question === undefined || texts.answer === undefined) return null;
  const approvedBefore = standingOf(before, card) === 'approved' && before?.status.status === 'approved' ? before.status : null;
  const approvals = (['question', 'answer', 'more'] as const)
    .filter((name) => texts[name] !== null)
    .map((name): Approval | null => (change(name) ? (change(name)?.approval ?? null) : approvedBefore && { by: approvedBefore.by, dialect: approvedBefore.dialect, on: approvedBefore.on }));
  const last = approvals.every((approval) => approval !== null) ? (parts.find(({ approval }) => approval !== null)?.approval ?? approvals[0] ?? null) : null;
  const clinical = before?.clinical ?? null;
  return {
    id: card.id, lang, variants: before?.variants ?? [], question: texts.question, answer: texts.answer, more: texts.more, clinical,
    // A clinical part travels in no exchange: a card that has one is approved in the console, by two signatures.
    status: statusFrom(cardHash(card, { more: texts.more, clinical }), clinical === null ? last : null),
  };
}

function writeCard(dir: string, translation: Translation, card: Card): string {
  const { id, lang, status, question, variants, answer, more, clinical } = translation;
  const path = join(folderOf(dir, card), `${id}.${lang}.md`);
  const { status: standing, ...approval } = status;
  const front = dump({ status: standing, ...approval, question, ...(variants.length === 0 ? {} : { variants }) }, { lineWidth: -1 });
  const body = [answer, ...(more === null ? [] : [`## ${MORE}\n\n${more}`]), ...(clinical === null ? [] : [`## ${CLINICAL}\n\n${clinical}`])].join('\n\n');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `---\n${front}---\n${body}\n`);
  return path;
}

/** Where the Vietnamese lies; a place's own card has its translation beside it too. */
function folderOf(dir: string, card: Card): string {
  const found = readdirSync(dir, { recursive: true, withFileTypes: true }).find((entry) => entry.isFile() && entry.name === `${card.id}.md`);
  return found?.parentPath ?? join(dir, card.topic);
}
