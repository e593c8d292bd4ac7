import { missingTools, startMachine } from './machine.ts';

/** Runs once around all tests. */
export default async function setup(): Promise<() => Promise<void>> {
  const machine = await startMachine();
  return async () => {
    await machine.stop();
    const missing = missingTools();
    if (missing.length > 0) process.stdout.write(`skipped, because this machine lacks them and I may not install them: ${missing.join(', ')}\n`);
  };
}
