import { start } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';

/** The station as a benchmark starts it: the program whole, on a disk that may be made slow. */
const config = readConfig(process.env);
if (!config.ok) throw new Error(config.faults.map((fault) => fault.name).join(', '));
const delay = process.env['LOA_BENCH_COMMIT_DELAY_MS'];
const started = await start(config.config, delay === undefined ? {} : { commitDelayMs: Number(delay) });
if (!started.ok) throw new Error(started.say);
process.on('SIGTERM', () => {
  started.app.stop().then(() => process.exit(0), () => process.exit(1));
});
