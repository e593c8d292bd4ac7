import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { inflateRawSync } from 'node:zlib';
import mammoth from 'mammoth';
import type { Passage } from '#bot/store/documents.ts';
import { DOCUMENT_CHARS, type DocumentKind, type ReadDocument } from './read.ts';

/** A passage is as long as a person reads at a glance. */
const PASSAGE_CHARS = 700;
/** What a packed document may unpack to, in bytes. */
const UNPACKED_BYTES = 60_000_000;
/** How the files of a packed document are packed, where they are. */
const DEFLATED = 8;

/** Cuts a document into passages that keep to its headings, paragraphs and sentences. Throws for a broken file. */
export async function passagesOf(kind: DocumentKind, bytes: Uint8Array): Promise<ReadDocument> {
  const text = kind === 'docx' ? await fromWord(bytes) : fromLetters(bytes);
  if (text === null) return { ok: false, why: kind === 'docx' ? 'broken' : 'letters' };
  if (text.length > DOCUMENT_CHARS) return { ok: false, why: 'too-long' };
  const splitter = new RecursiveCharacterTextSplitter({ chunkSize: PASSAGE_CHARS, chunkOverlap: 0, separators: ['\n\n', '\n', '. ', '; ', ', ', ' ', ''] });
  const passages: Passage[] = [];
  for (const section of sectionsOf(text, kind !== 'txt')) {
    for (const part of await splitter.splitText(section.text)) {
      if (/\p{L}/u.test(part)) passages.push({ heading: section.heading, position: passages.length + 1, text: part.trim() });
    }
  }
  return passages.length === 0 ? { ok: false, why: 'empty' } : { ok: true, passages };
}

/** Null when the bytes are no text in Unicode, as documents in an old Vietnamese encoding are. */
function fromLetters(bytes: Uint8Array): string | null {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    const text = new TextDecoder(wide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : plain(text);
  } catch {
    return null;
  }
}

async function fromWord(bytes: Uint8Array): Promise<string | null> {
  if (!unpacksSafely(Buffer.from(bytes))) return null;
  const { value } = await mammoth.convertToHtml({ buffer: Buffer.from(bytes) }, { convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })) });
  return plain(value
    .replace(/<h[1-6][^>]*>(.*?)<\/h[1-6]>/gs, (_, words: string) => `\n\n# ${words.replace(/\s+/g, ' ')}\n\n`)
    .replace(/<\/(?:p|li|tr|table)>|<br ?\/?>/g, '\n\n').replace(/<\/t[dh]>/g, ' | ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => ENTITIES[name] ?? ' '));
}

const ENTITIES: Readonly<Record<string, string>> = { 'amp': '&', 'lt': '<', 'gt': '>', 'quot': '"', '#39': "'", 'nbsp': ' ' };

function plain(text: string): string {
  return text.normalize('NFC').replace(/\r\n?/g, '\n').replace(/[^\P{C}\n\t]/gu, '').replace(/[ \t\u00a0]+/g, ' ').replace(/ *\n */g, '\n').replace(/\n{3,}/g, '\n\n').trim();
}

function sectionsOf(text: string, hasHeadings: boolean): { heading: string; text: string }[] {
  const sections = [{ heading: '', text: '' }];
  for (const line of text.split('\n')) {
    const heading = hasHeadings ? /^#{1,6} +(.+?)#*$/.exec(line)?.[1] : undefined;
    if (heading !== undefined) sections.push({ heading: heading.trim().slice(0, 160), text: '' });
    else {
      const last = sections.at(-1);
      if (last) last.text += `${line}\n`;
    }
  }
  return sections;
}

/** Whether a packed document unpacks to a bearable size, by what its files say and by what they do; false when it is no such file. */
function unpacksSafely(file: Buffer): boolean {
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > file.length) return false;
  let at = file.readUInt32LE(end + 16);
  let room = UNPACKED_BYTES;
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== 0x02014b50) return false;
    const size = Math.max(file.readUInt32LE(at + 24), inflatedBytes(file, at, room));
    if (size > room) return false;
    room -= size;
    at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return true;
}

/** What the file at this place of the directory really comes to; more than `room` when it does not end before. */
function inflatedBytes(file: Buffer, entry: number, room: number): number {
  const local = file.readUInt32LE(entry + 42);
  if (local + 30 > file.length) return Infinity;
  const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
  const packed = file.subarray(start, start + file.readUInt32LE(entry + 20));
  if (file.readUInt16LE(entry + 10) !== DEFLATED) return packed.length;
  try {
    return inflateRawSync(packed, { maxOutputLength: room + 1 }).length;
  } catch {
    return Infinity;
  }
}
