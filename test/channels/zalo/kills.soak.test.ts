import { expect, test } from 'vitest';
import { killRepeatedly } from './kills.ts';

test('killed two hundred times at random moments: no message is lost and no answer doubled', async () => {
  for (let round = 0; round < 8; round += 1) {
    const report = await killRepeatedly({ kills: 25, seed: 9000 + round });
    process.stdout.write(`zalo kills: ${(round + 1) * 25} of 200, ${report.written} messages, ${report.taken} taken, ${report.handled} handled, ${report.unknown} unknown\n`);
    expect(report).toMatchObject({ doubled: 0, missing: 0 });
    expect(report.handled).toBeGreaterThanOrEqual(report.taken);
  }
});
