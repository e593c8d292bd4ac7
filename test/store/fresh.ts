import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inbound, Piece } from '#bot/channels/channel.ts';
import type { Handling } from '#bot/delivery/handle.ts';
import { openStore, type Store, type StoreOptions } from '#bot/store/store.ts';

/** Stores that nothing has touched, and the smallest conversation that can be told apart from silence. */

/** A folder of its own that is gone after the test. */
export function freshFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'loa-store-'));
  return { path, [Symbol.dispose]: () => { rmSync(path, { recursive: true, force: true }); } };
}

export async function openOrThrow(options: StoreOptions): Promise<Store> {
  const opened = await openStore(options);
  if (!opened.ok) throw new Error(`the store did not open: ${opened.problem.kind}`);
  return opened.store;
}

export function plainPiece(text: string): Piece {
  return { text, lang: 'vi', cardId: null, buttons: [], layout: { form: 'plain' } };
}

/** Answers "x" with "đáp: x". */
export const echoing: Handling = {
  converse: ({ content }) => ({
    replies: [{ ...plainPiece(`đáp: ${content.kind === 'text' ? content.text : content.kind}`), priority: 'reply' }],
    effects: [],
    judgement: null,
  }),
  apology: () => plainPiece('xin lỗi'),
  tellHeld: (held) => [plainPiece(JSON.stringify(held))],
};

export function said(address: string, text: string, platformId: string = crypto.randomUUID()): Inbound {
  return { channel: 'web', platformId, address, atMs: Date.now(), content: { kind: 'text', text, forwarded: false } };
}
