import { z } from 'zod';
import { receive } from '#bot/store/inbox.ts';
import { openOrThrow, said } from './fresh.ts';

/** The command line beside the server: writes messages one after another and prints each once it is on disk. */
const { dataDir, count } = z.strictObject({ dataDir: z.string(), count: z.number() }).parse(JSON.parse(process.argv[2] ?? ''));
const store = await openOrThrow({ dataDir });
for (let n = 0; n < count; n += 1) {
  await store.write((tx) => receive(tx, said(`dòng lệnh ${n % 10}`, 'x', `cli-${n}`), { inCall: false }));
  process.stdout.write(`cli-${n}\n`);
}
await store.close();
