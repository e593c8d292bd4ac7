import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { ConsoleDeps } from '#bot/console/console.ts';
import { DANGERS } from '#bot/conversation/aloud.ts';
import type { Recording } from '#bot/store/recordings.ts';
import type { StoredText } from '#bot/store/translating.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { hashOf, type Standing } from '#knowledge/translation.ts';
import { exchangeLines, type ExchangeLine, type ExchangeSource } from '#locales/exchange.ts';
import { exchangeSource } from '#locales/exchangeFiles.ts';
import { kitLines } from '#locales/kit.ts';
import { residentTexts } from '#locales/standing.ts';
import { isWordList } from '#locales/guarded.ts';
import { loadTermbase, type Term, type Termbase } from '#locales/words.ts';
import { wordsOf } from '#knowledge/identify/words.ts';

/** What lies on the translator's desk: every text and card of one language with how it stands, the most asked first. */

const LOCALES_DIR = fileURLToPath(new URL('../../../locales', import.meta.url));

export const DESK_LANGS = ['jra', 'bdq', 'vi'] as const;
/** Vietnamese is here for its recordings. */
export type DeskLang = (typeof DESK_LANGS)[number];

/** One piece of work: an interface text, a card with its parts, or a danger text that is only ever recorded. */
export type Item = {
  id: string;
  kind: 'text' | 'card' | 'danger';
  /** A few words of the Vietnamese. */
  title: string;
  lines: ExchangeLine[];
  /** Null: nothing to translate. */
  standing: Standing | null;
  asked: number;
  /** The recordings in this language, the latest last. */
  voices: Recording[];
  /** What a recording reads, in Vietnamese; null: it cannot be recorded once and for all. */
  reads: string | null;
};

export type Desk = {
  lang: DeskLang;
  items: Item[];
  /** What the files say, by key, for comparing with what was written over them. */
  fileTexts: ReadonlyMap<string, string | null>;
};

/** Puts the desk together for one language, as everything is now. */
export function openTranslations(deps: ConsoleDeps, lang: DeskLang, laid: readonly StoredText[], demand: ReadonlyMap<string, { all: number; own: number }>): Desk {
  const nowMs = deps.clock();
  const cards = deps.knowledge.cards(nowMs);
  const files = lang === 'vi' ? null : exchangeSource(LOCALES_DIR, lang, cards, deps.base.live.shippedTranslations());
  const lines = files === null ? vietnameseLines(cards) : exchangeLines(laidOver(files, laid, deps));
  const recordings = deps.voices.recordings().filter((recording) => recording.lang === lang);
  const item = (id: string, kind: Item['kind'], title: string, own: ExchangeLine[]): Item => {
    const reads = own.some(({ vietnamese }) => kind === 'text' && vietnamese.includes('{{')) ? null : deps.voices.reads(id, nowMs);
    return { id, kind, title: title.slice(0, 90), lines: own, standing: lang === 'vi' ? null : own[0]?.standing ?? null, asked: demand.get(id.slice(5))?.all ?? 0, voices: recordings.filter((recording) => recording.subject === id), reads };
  };
  const texts = lines.filter(({ key }) => !key.startsWith('card:')).map((line) => item(line.key, 'text', line.vietnamese, [line]));
  const byCard = Map.groupBy(lines.filter(({ key }) => key.startsWith('card:')), ({ key }) => key.split('#')[0] ?? key);
  const cardItems = [...byCard].map(([id, own]) => item(id, 'card', own[0]?.vietnamese ?? id, own));
  const dangers = DANGERS.map((danger) => item(`danger:${danger}`, 'danger', deps.texts.say('vi', `console:translate.danger.${danger}`), []));
  const first = kitLines(LOCALES_DIR, lang === 'vi' ? 'jra' : lang, cards, deps.base.live.translations()).map(({ key }) => key.split('#')[0]);
  const rank = (id: string): number => (first.includes(id) ? first.indexOf(id) : first.length);
  return {
    lang,
    // Danger first; then what is asked most; then the sentences that matter most; then the rest as it stands.
    items: [...dangers, ...[...cardItems, ...texts].sort((a, b) => b.asked - a.asked || rank(a.id) - rank(b.id))],
    fileTexts: new Map((files === null ? [] : exchangeLines(files)).map(({ key, text }) => [key, text])),
  };
}

/** The lines as an exchange weighs them: what is stale counts as new, so that signing the same words again is a deed. */
export function weighable(lines: readonly ExchangeLine[]): ExchangeLine[] {
  return lines.map((line) => (line.standing === 'stale' ? { ...line, text: null, approval: null } : line));
}

/** Loads a language's words when they are first needed. */
export function createTermbases(): (lang: Highland) => Termbase {
  const loaded = new Map<Highland, Termbase>();
  return (lang) => {
    const base = loaded.get(lang) ?? loadTermbase(join(LOCALES_DIR, 'glossary'), lang);
    loaded.set(lang, base);
    return base;
  };
}

/** Terms whose Vietnamese meaning stands in the text, the longest first. */
export function termsFor(vietnamese: string, base: Termbase, most: number): Term[] {
  const said = ` ${wordsOf(vietnamese.toLowerCase()).join(' ')} `;
  const hits = base.terms.flatMap((term) => {
    const meanings = term.vi.replace(/\(.*?\)/gu, '').toLowerCase().split(/[,;/]/u).map((meaning) => wordsOf(meaning).join(' ')).filter((meaning) => meaning.length > 1 && said.includes(` ${meaning} `));
    const longest = Math.max(0, ...meanings.map((meaning) => meaning.length));
    return longest === 0 ? [] : [{ term, longest }];
  });
  return hits.sort((a, b) => b.longest - a.longest).slice(0, most).map(({ term }) => term);
}

/** Whether the file's text is neither what was written over nor what was written. */
export function fileChanged(desk: Desk, laid: readonly StoredText[], item: Item): boolean {
  return laid.some((row) => {
    const now = hashOf(desk.fileTexts.get(row.key) ?? '');
    return row.lang === desk.lang && item.lines.some(({ key }) => key === row.key) && now !== row.over && now !== hashOf(row.text);
  });
}

function laidOver(files: ExchangeSource, laid: readonly StoredText[], deps: ConsoleDeps): ExchangeSource {
  const rows = laid.filter(({ lang, key }) => lang === files.lang && !key.startsWith('card:'));
  return {
    ...files,
    own: new Map([...files.own, ...rows.map(({ key, text }): [string, string] => [key, text])]),
    status: { ...files.status, ...Object.fromEntries(rows.map(({ key, of, approval }) => [key, approval === null ? { status: 'draft' as const, of } : { status: 'approved' as const, of, ...approval }])) },
    translations: deps.base.live.translations(),
  };
}

function vietnameseLines(cards: ExchangeSource['cards']): ExchangeLine[] {
  const line = (key: string, vietnamese: string): ExchangeLine => ({ key, vietnamese, text: vietnamese, standing: 'approved', of: hashOf(vietnamese), approval: null });
  return [
    ...[...residentTexts(LOCALES_DIR, 'vi')].filter(([key]) => !isWordList(key)).map(([key, text]) => line(key, text)),
    ...cards.flatMap((card) => [line(`card:${card.id}#question`, card.question), line(`card:${card.id}#answer`, card.answer)]),
  ];
}
