import { expect, test } from 'vitest';
import { killRepeatedly } from './kills.ts';

test.each(['polling', 'webhook'] as const)('killed two hundred times at random moments, by %s: no update is lost and no reply doubled', async (mode) => {
  for (let round = 0; round < 8; round += 1) {
    const report = await killRepeatedly({ mode, kills: 25, seed: 7000 + round });
    process.stdout.write(`telegram kills, ${mode}: ${(round + 1) * 25} of 200, ${report.updates} updates, ${report.unknown} unknown\n`);
    expect(report).toMatchObject({ handled: report.updates, doubled: 0, missing: 0, outOfOrder: 0 });
  }
});
