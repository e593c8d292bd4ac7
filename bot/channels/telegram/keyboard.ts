import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Button, Piece } from '#bot/channels/channel.ts';
import { hasSomethingToSee, sendable } from '../sendable.ts';
import { shorten } from '#knowledge/letters.ts';
import type { Memory } from './ports.ts';

/**
 * Buttons under a message. Telegram carries 64 bytes with a press, so what stands there is a letter for what kind of
 * button it is, and the value; a value that does not fit is kept in memory under its hash.
 */

/** `choice`: one of several, the others go when it is taken. `offer`: stands for itself. `taken`: shows what was chosen. */
export type ButtonKind = 'choice' | 'offer' | 'taken';

export type Keyboard = { inline_keyboard: { text: string; callback_data: string }[][] };

const LETTERS = { choice: 'c', offer: 'o', taken: 't' } as const satisfies Record<ButtonKind, string>;
const DATA_BYTES = 64;
/** A label longer than this is cut by every phone; the whole of it stands in the text. */
const LABEL_LIMIT = 60;
const BUTTONS_LIMIT = 20;

/** The keyboard of a piece, or null without buttons. Choices carry the number that stands before them in the text. */
export async function writeKeyboard(piece: Pick<Piece, 'buttons' | 'layout'>, memory: Memory): Promise<Keyboard | null> {
  const kind = piece.layout.form === 'choices' ? 'choice' : 'offer';
  const buttons = piece.buttons.slice(0, BUTTONS_LIMIT);
  if (buttons.length === 0) return null;
  const rows = await Promise.all(buttons.map(async (button, i) => [{
    text: labelOf(button, kind === 'choice' ? `${i + 1}. ` : ''),
    callback_data: await writeData(kind, button.value, memory),
  }]));
  return { inline_keyboard: rows };
}

/** What stands on a button. */
export function labelOf(button: Button, number: string): string {
  const label = number + sendable(button.label).replace(/\s+/g, ' ').trim();
  return hasSomethingToSee(label) ? shorten(label, LABEL_LIMIT) : '•';
}

async function writeData(kind: ButtonKind, value: string, memory: Memory): Promise<string> {
  const plain = `${LETTERS[kind]}:${value}`;
  if (Buffer.byteLength(plain) <= DATA_BYTES && value.isWellFormed() && !value.startsWith('#')) return plain;
  const hash = createHash('sha256').update(value).digest('base64url').slice(0, 22);
  await memory.set(`button:${hash}`, value);
  return `${LETTERS[kind]}:#${hash}`;
}

/** What a press says; null when it is none of ours or what it stood for is forgotten. */
export async function readData(data: string, memory: Memory): Promise<{ kind: ButtonKind; value: string } | null> {
  const [, letter, value] = /^([cot]):(.*)$/s.exec(data) ?? [];
  if (letter === undefined || value === undefined) return null;
  const kind = letter === 'c' ? 'choice' : letter === 'o' ? 'offer' : 'taken';
  if (!value.startsWith('#')) return { kind, value };
  const kept = await memory.get(`button:${value.slice(1)}`);
  return kept === null ? null : { kind, value: kept };
}

const keyboardSchema = z.object({ inline_keyboard: z.array(z.array(z.object({ text: z.string(), callback_data: z.string() }))) });

/**
 * The keyboard after a press: of choices only the taken one stays, with a tick; an offer that was taken goes, the
 * others stay. Undefined when there is nothing to change.
 */
export function keyboardAfter(shown: unknown, data: string): Keyboard | undefined {
  const read = keyboardSchema.safeParse(shown);
  if (!read.success || data.startsWith(`${LETTERS.taken}:`)) return undefined;
  const buttons = read.data.inline_keyboard.flat();
  const pressed = buttons.find((button) => button.callback_data === data);
  if (pressed === undefined) return undefined;
  if (data.startsWith(`${LETTERS.choice}:`)) return { inline_keyboard: [[{ text: `✓ ${pressed.text}`, callback_data: `${LETTERS.taken}:` }]] };
  return { inline_keyboard: buttons.filter((button) => button !== pressed).map((button) => [button]) };
}
