import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import type { Channel } from '#bot/channels/channel.ts';
import { createDispatcher } from '#bot/delivery/dispatcher.ts';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { remind } from '#bot/vaccination/reminding.ts';
import { openOrThrow } from '#test/store/fresh.ts';
import { reminding } from './reminder-house.ts';

/** The process that is killed: rounds of reminders one after the other, and a dispatcher whose platform is a file. */
const settings = z.strictObject({ dataDir: z.string(), databaseUrl: z.string().optional(), platformFile: z.string(), nowMs: z.number() }).parse(JSON.parse(process.argv[2] ?? ''));

const begunMs = Date.now();
const clock = (): number => settings.nowMs + Date.now() - begunMs;
const channel: Channel = {
  name: 'telegram',
  capabilities: { buttons: false, edit: false, receipts: false, typing: false, voice: false, textLimit: 4096, replyWindowHours: null, topics: false },
  send: (address) => {
    appendFileSync(settings.platformFile, `${address}\n`);
    return Promise.resolve({ kind: 'sent', platformMessageId: null });
  },
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  health: () => 'up',
};

const { dataDir, databaseUrl } = settings;
const store = await openOrThrow({ dataDir, clock, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
const dispatcher = createDispatcher({ store, channels: [channel], pacing: createMemoryPacing({}), lookEveryMs: 20, clock });
dispatcher.start();
process.stdout.write('ready\n');
for (;;) {
  const round = await remind(reminding(store), clock());
  dispatcher.wake('telegram');
  if (round.session === 0) process.stdout.write('idle\n');
  // A round that found nothing looks at every child again; run without a pause it would leave the sending no time.
  await new Promise((resolve) => setTimeout(resolve, round.session === 0 ? 1_000 : 20));
}
