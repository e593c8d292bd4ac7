import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Channel } from '#bot/channels/channel.ts';
import { createDispatcher } from '#bot/delivery/dispatcher.ts';
import type { Handling } from '#bot/delivery/handle.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { createWorker } from '#bot/delivery/worker.ts';
import { openOrThrow, plainPiece } from '#test/store/fresh.ts';

/**
 * The process that is killed: the real store, worker and dispatcher, with a platform that is a file. Messages come in
 * as lines; each is acknowledged by a line once `receive` has resolved; a send is a line in the file.
 */
const settings = z.strictObject({ dataDir: z.string(), databaseUrl: z.string().optional(), platformFile: z.string() }).parse(JSON.parse(process.argv[2] ?? ''));
const lineSchema = z.strictObject({ platformId: z.string(), address: z.string(), text: z.string() });

const channel: Channel = {
  name: 'telegram',
  capabilities: { buttons: false, edit: false, receipts: false, typing: false, voice: false, textLimit: 4096, replyWindowHours: null, topics: false },
  send: async (_address, piece) => {
    await sleep(Math.random() * 4);
    appendFileSync(settings.platformFile, `${piece.text}\n`);
    await sleep(Math.random() * 4);
    return { kind: 'sent', platformMessageId: null };
  },
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  health: () => 'up',
};

const handling: Handling = {
  converse: ({ content, atMs }) => {
    const text = content.kind === 'text' ? content.text : '';
    return {
      replies: [{ ...plainPiece(text), priority: 'reply' }],
      effects: [
        { kind: 'ticket', ticket: { kind: 'question', domain: 'health', priority: 'normal', question: text, offered: [], reasons: [text] } },
        { kind: 'context', context: { lastCardId: text, atMs } },
      ],
      judgement: null,
    };
  },
  apology: () => plainPiece('apology'),
  tellHeld: () => [],
};

/** That an answer which took too long is sent again has tests of its own; a slow machine must not bring it in here. */
const NEVER_AGAIN_MS = 24 * 3_600_000;
const { databaseUrl, dataDir } = settings;
const store = await openOrThrow({ dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
const dispatcher = createDispatcher({ store, channels: [channel], pacing: createMemoryPacing({}), sendTimeoutMs: 300, lookEveryMs: 50, receiptGraceMs: NEVER_AGAIN_MS });
const worker = createWorker({ store, handling, sweepEveryMs: 50, onHandled: () => { dispatcher.wake(); } });
worker.start();
dispatcher.start();
process.stdout.write('ready\n');

for await (const line of createInterface({ input: process.stdin })) {
  const { platformId, address, text } = lineSchema.parse(JSON.parse(line));
  void worker.receive({ channel: 'telegram', platformId, address, atMs: Date.now(), content: { kind: 'text', text, forwarded: false } })
    .then(() => process.stdout.write(`${platformId}\n`));
}
