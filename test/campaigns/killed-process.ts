import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createMemoryPacing } from '#bot/delivery/pacing.ts';
import { createRedisPacing } from '#bot/delivery/pacing-redis.ts';
import { openOrThrow } from '#test/store/fresh.ts';
import { platform, portsFor, sending } from './ground.ts';

/** The process that is killed: the real store, dispatcher and runner of announcements, with a platform that is a file. */
const settings = z.strictObject({
  dataDir: z.string(), databaseUrl: z.string().optional(), redisUrl: z.string().optional(), prefix: z.string(), platformFile: z.string(), perSecond: z.number(), nowMs: z.number(),
}).parse(JSON.parse(process.argv[2] ?? ''));

const { databaseUrl, redisUrl, dataDir, perSecond, prefix, platformFile } = settings;
// Noon that goes on: at night announcements would rest.
const startedMs = Date.now();
const clock = (): number => settings.nowMs + Date.now() - startedMs;
const store = await openOrThrow({ dataDir, clock, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
const channel = platform('telegram', async (address) => {
  await sleep(Math.random() * 4);
  appendFileSync(platformFile, `${address}\n`);
  await sleep(Math.random() * 4);
  return { kind: 'sent', platformMessageId: `p-${address}` };
});
const limits = { telegram: perSecond };
const pacing = redisUrl === undefined ? createMemoryPacing(limits) : createRedisPacing({ url: redisUrl, limits, prefix });
sending(portsFor(store, clock), [channel], { pacing, sendTimeoutMs: 300, lookEveryMs: 50 });
process.stdout.write('ready\n');
