import type { Piece } from '#bot/channels/channel.ts';
import { hasSomethingToSee, sendable } from '../sendable.ts';
import { splitText } from '../split.ts';

/**
 * How a piece looks on Telegram. Formatting is never marks inside the text, which any stray sign could break: it is a
 * list of spans that we compute ourselves, and where a span cannot be placed the text simply stays plain.
 */

export type Span = { type: 'bold' | 'italic'; offset: number; length: number };
export type Part = { text: string; entities: Span[] };

export const TEXT_LIMIT = 4096;
export const CAPTION_LIMIT = 1024;
/** Telegram keeps this many spans of a message. */
const SPANS_LIMIT = 100;

/** The piece as messages of at most `limit` UTF-16 units; none when it holds nothing to see. */
export function renderParts(piece: Pick<Piece, 'text' | 'layout'>, limit = TEXT_LIMIT): Part[] {
  const text = sendable(piece.text);
  if (!hasSomethingToSee(text)) return [];
  const spans = spansOf(text, piece.layout);
  return splitText(text, limit).map(({ from, to }) => ({
    text: text.slice(from, to),
    entities: spans.flatMap((span) => clipped(span, from, to)).slice(0, SPANS_LIMIT),
  })).filter((part) => hasSomethingToSee(part.text));
}

/** One message of a piece: what kind, which words, and whether the buttons are under it. */
export type Arranged = { kind: 'text' | 'photo' | 'voice' | 'file'; part: Part | null; keys: boolean };

/** The messages a piece needs: a picture before the text or around it, a reading aloud after it, buttons under the last of the text. */
export function arrange(piece: Pick<Piece, 'text' | 'layout'>, along: { picture: boolean; sound: 'voice' | 'file' | null }): Arranged[] {
  const aloud: Arranged[] = along.sound === null ? [] : [{ kind: along.sound, part: null, keys: false }];
  if (along.picture) {
    const [caption, ...more] = renderParts(piece, CAPTION_LIMIT);
    if (more.length === 0) return [{ kind: 'photo', part: caption ?? null, keys: true }, ...aloud];
  }
  const parts = renderParts(piece);
  return [
    ...(along.picture ? [{ kind: 'photo' as const, part: null, keys: false }] : []),
    ...parts.map((part, i): Arranged => ({ kind: 'text', part, keys: i === parts.length - 1 })),
    ...aloud,
  ];
}

function spansOf(text: string, layout: Piece['layout']): Span[] {
  switch (layout.form) {
    case 'answer': {
      const lead = leadSpan(text, layout.lead);
      const source = lastSpan(text, layout.source, 'italic');
      const end = source[0]?.offset ?? text.length;
      return [...lead, ...strongSpans(text, layout.body, spanEnd(lead[0]), end), ...source];
    }
    case 'choices':
    case 'passed':
    case 'emergency':
      return leadSpan(text, layout.lead);
    case 'person':
      return leadSpan(text, layout.name);
    case 'plain':
      return [];
  }
}

/** The first words in bold, when the text really begins with them. */
function leadSpan(text: string, lead: string): Span[] {
  const plain = sendable(lead).replaceAll('**', '').trim();
  return plain !== '' && text.startsWith(plain) ? [{ type: 'bold', offset: 0, length: plain.length }] : [];
}

function lastSpan(text: string, words: string, type: Span['type']): Span[] {
  const plain = sendable(words).trim();
  const at = plain === '' ? -1 : text.lastIndexOf(plain);
  return at === -1 ? [] : [{ type, offset: at, length: plain.length }];
}

/** What the card's body marks as strong, found again in the text in the same order. */
function strongSpans(text: string, body: string, from: number, end: number): Span[] {
  const spans: Span[] = [];
  let at = from;
  for (const [, words = ''] of sendable(body).matchAll(/\*\*(.+?)\*\*/gs)) {
    const found = text.indexOf(words, at);
    if (found === -1 || found + words.length > end || words.trim() === '') continue;
    spans.push({ type: 'bold', offset: found, length: words.length });
    at = found + words.length;
  }
  return spans;
}

function spanEnd(span: Span | undefined): number {
  return span === undefined ? 0 : span.offset + span.length;
}

function clipped(span: Span, from: number, to: number): Span[] {
  const begin = Math.max(span.offset, from);
  const end = Math.min(span.offset + span.length, to);
  return end > begin ? [{ type: span.type, offset: begin - from, length: end - begin }] : [];
}
