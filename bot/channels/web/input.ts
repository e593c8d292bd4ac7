import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { InboundContent } from '#bot/channels/channel.ts';

/** Longest message, in characters as people count them (code points). */
export const TEXT_LIMIT = 2_000;

/** Bodies above this are refused unread. It leaves room to tell someone who pasted a book how long it is. */
export const BODY_LIMIT_BYTES = 640 * 1024;

export type InputFault =
  | { code: 'empty' | 'broken_json' | 'wrong_content_type' | 'bad_form' | 'too_large' | 'cross_site' }
  | { code: 'too_long'; length: number };

export type Input = {
  content: InboundContent;
  /** The sender's own mark of this message: the same mark and content again is the same message again. */
  mark: string;
};

export type InputResult = { ok: true; input: Input } | { ok: false; fault: InputFault };

const bodySchema = z.object({
  text: z.string().optional(),
  button: z.string().min(1).max(200).optional(),
  id: z.string().regex(/^[A-Za-z0-9-]{8,40}$/).optional(),
});

/** Reads the JSON body of `POST /api/chat`. */
export function readJson(contentType: string | undefined, body: string): InputResult {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json') return fault({ code: 'wrong_content_type' });
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    return fault({ code: 'broken_json' });
  }
  return readFields(raw);
}

/** Reads the fields of the page's form. A pressed key counts before text that happened to stand in the field. */
export function readForm(body: string): InputResult {
  const form = new URLSearchParams(body);
  const button = form.get('button');
  const id = form.get('id');
  return readFields({
    ...(button === null ? { text: form.get('text') ?? '' } : { button }),
    ...(id === null ? {} : { id }),
  });
}

/**
 * Text as the rest of the program may expect it: NFC, whole characters, no control characters and none of the
 * invisible marks that turn the direction of writing, no blank ends. Line breaks stay.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cc}--[\n\t]]|[\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD]/gv, '')
    .normalize('NFC')
    .trim();
}

/** A name for this message that is unique within the channel and the same when it is sent again. */
export function platformIdOf(visitor: string, input: Input): string {
  const { content, mark } = input;
  const said = content.kind === 'button' ? `button:${content.value}` : `text:${content.kind === 'text' ? content.text : ''}`;
  // The content belongs to it: a page opened again from the browser's memory carries an old mark under new words.
  return `${visitor}.${mark}.${createHash('sha256').update(said).digest('base64url').slice(0, 10)}`;
}

/** The sender's own mark inside a platform id. */
export function markOf(platformId: string): string {
  return platformId.split('.')[1] ?? '';
}

function readFields(raw: unknown): InputResult {
  const parsed = bodySchema.safeParse(raw);
  if (!parsed.success) return fault({ code: 'bad_form' });
  const { text, button, id } = parsed.data;
  const mark = id ?? randomUUID();
  if (text !== undefined && button !== undefined) return fault({ code: 'bad_form' });
  if (button !== undefined) {
    const value = cleanText(button);
    return value === '' ? fault({ code: 'bad_form' }) : { ok: true, input: { content: { kind: 'button', value }, mark } };
  }
  if (text === undefined) return fault({ code: 'bad_form' });
  const clean = cleanText(text);
  // Joiners and direction marks alone are nothing that anybody sees.
  if (clean.replace(/\p{Cf}/gu, '').trim() === '') return fault({ code: 'empty' });
  const length = Array.from(clean).length;
  if (length > TEXT_LIMIT) return fault({ code: 'too_long', length });
  return { ok: true, input: { content: { kind: 'text', text: clean, forwarded: false }, mark } };
}

function fault(what: InputFault): InputResult {
  return { ok: false, fault: what };
}
