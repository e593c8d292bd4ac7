import { start } from './app.ts';
import { readConfig } from './config.ts';
import { loadEnvFile, sayConfigFaults } from './settings-help.ts';

loadEnvFile();
const read = readConfig(process.env);
if (!read.ok) {
  await sayConfigFaults(read.faults);
  process.exit(2);
}

const started = await start(read.config);
if (!started.ok) {
  process.stderr.write(`${started.say}\n`);
  process.exit(started.exitCode);
}

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    // The station's computer may be switched off right after: whatever still hangs after this time is left to the
    // next start, which finds every unfinished row.
    setTimeout(() => process.exit(1), 9_000).unref();
    started.app.stop().then(() => process.exit(0), () => process.exit(1));
  });
}
