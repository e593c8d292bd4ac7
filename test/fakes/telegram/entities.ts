import { z } from 'zod';
import { ApiError } from './wire.ts';

/** What the API does with formatted text before it accepts it. */

const entitySchema = z.looseObject({ type: z.string(), offset: z.int(), length: z.int(), url: z.string().optional() });
export type Entity = z.infer<typeof entitySchema>;

const TYPES = ['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'blockquote', 'expandable_blockquote', 'code', 'pre', 'text_link', 'url', 'phone_number', 'mention', 'hashtag', 'bot_command'];

/** The text as it arrives and its entities; throws what the API would answer. Lengths are UTF-16 code units. */
export function formatted(text: string, mode: string | undefined, entities: unknown, limit: number, what: 'message' | 'caption'): { text: string; entities: Entity[] } {
  if (!text.isWellFormed()) throw new ApiError(400, 'Bad Request: strings must be encoded in UTF-8');
  const read = mode === undefined ? { text, entities: checked(text, entities) } : parsed(text, mode);
  if (read.text.length > limit) throw new ApiError(400, what === 'message' ? 'Bad Request: message is too long' : 'Bad Request: message caption is too long');
  if (what === 'message' && /^[\s\p{Cf}\p{Cc}\u3164]*$/u.test(read.text)) throw new ApiError(400, 'Bad Request: message text is empty');
  return read;
}

function checked(text: string, given: unknown): Entity[] {
  if (given === undefined) return [];
  const list = z.array(entitySchema).safeParse(given);
  if (!list.success) throw new ApiError(400, 'Bad Request: can\'t parse entities: expected an array of MessageEntity');
  for (const { type, offset, length } of list.data) {
    if (!TYPES.includes(type)) throw new ApiError(400, 'Bad Request: can\'t parse entities: unsupported type specified');
    if (offset < 0 || length <= 0 || offset + length > text.length) throw new ApiError(400, 'Bad Request: can\'t parse entities: ENTITY_BOUNDS_INVALID');
    for (const edge of [offset, offset + length]) {
      if (inPair(text, edge)) throw new ApiError(400, `Bad Request: can't parse entities: entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${edge}`);
    }
  }
  // The API keeps the first hundred and drops the rest without a word, which a strict peer should not.
  if (list.data.length > 100) throw new ApiError(400, 'Bad Request: can\'t parse entities: too many entities');
  return list.data;
}

function inPair(text: string, at: number): boolean {
  return at > 0 && at < text.length && /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));
}

function parsed(text: string, mode: string): { text: string; entities: Entity[] } {
  switch (mode.toLowerCase()) {
    case 'html':
      return html(text);
    case 'markdownv2':
      return markdown(text);
    default:
      throw new ApiError(400, 'Bad Request: unsupported parse_mode');
  }
}

const TAGS: Record<string, string> = { b: 'bold', strong: 'bold', i: 'italic', em: 'italic', u: 'underline', ins: 'underline', s: 'strikethrough', strike: 'strikethrough', del: 'strikethrough', code: 'code', pre: 'pre', blockquote: 'blockquote', 'tg-spoiler': 'spoiler', a: 'text_link' };
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

function html(source: string): { text: string; entities: Entity[] } {
  let text = '';
  const open: { tag: string; offset: number }[] = [];
  const entities: Entity[] = [];
  for (const [piece, tag, named] of source.matchAll(/<([^>]*)>|&(lt|gt|amp|quot|#\d+);|[^<&]+|[<&]/g)) {
    if (tag !== undefined) {
      const name = /^\/?\s*([\w-]*)/.exec(tag)?.[1]?.toLowerCase() ?? '';
      const type = Object.hasOwn(TAGS, name) ? TAGS[name] : undefined;
      if (type === undefined) throw new ApiError(400, `Bad Request: can't parse entities: Unsupported start tag "${name}" at byte offset ${text.length}`);
      if (!tag.startsWith('/')) open.push({ tag: name, offset: text.length });
      else {
        const last = open.pop();
        if (last?.tag !== name) throw new ApiError(400, 'Bad Request: can\'t parse entities: Unmatched end tag');
        if (text.length > last.offset) entities.push({ type, offset: last.offset, length: text.length - last.offset });
      }
    } else if (named !== undefined) text += named.startsWith('#') ? String.fromCodePoint(Number(named.slice(1))) : NAMED[named] ?? '';
    else if (piece === '<') throw new ApiError(400, 'Bad Request: can\'t parse entities: Unclosed start tag');
    else text += piece;
  }
  if (open.length > 0) throw new ApiError(400, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "${open.at(-1)?.tag ?? ''}"`);
  return { text, entities };
}

const MARKS: Record<string, string> = { '*': 'bold', '_': 'italic', '__': 'underline', '~': 'strikethrough', '||': 'spoiler', '`': 'code' };

function markdown(source: string): { text: string; entities: Entity[] } {
  let text = '';
  const open = new Map<string, number>();
  const entities: Entity[] = [];
  for (const [piece] of source.matchAll(/\\[\s\S]|__|\|\||[\s\S]/g)) {
    const type = Object.hasOwn(MARKS, piece) ? MARKS[piece] : undefined;
    if (piece.length === 2 && piece.startsWith('\\')) text += piece.slice(1);
    else if (type !== undefined) {
      const from = open.get(piece);
      if (from === undefined) open.set(piece, text.length);
      else {
        open.delete(piece);
        if (text.length > from) entities.push({ type, offset: from, length: text.length - from });
      }
    } else if (/[[\]()>#+\-=|{}.!]/.test(piece)) throw new ApiError(400, `Bad Request: can't parse entities: Character '${piece}' is reserved and must be escaped with the preceding '\\'`);
    else text += piece;
  }
  if (open.size > 0) throw new ApiError(400, 'Bad Request: can\'t parse entities: Can\'t find end of the entity');
  return { text, entities };
}
