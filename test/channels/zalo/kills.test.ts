import { expect, test } from 'vitest';
import { killRepeatedly } from './kills.ts';

test('killed eight times at random moments: every message that was taken is handled once, no answer is doubled, none is lost without being listed', async () => {
  const report = await killRepeatedly({ kills: 8, seed: 20261122 });
  expect(report).toMatchObject({ kills: 8, doubled: 0, missing: 0 });
  expect(report.handled).toBeGreaterThanOrEqual(report.taken);
  expect(report.written).toBeGreaterThan(50);
}, 400_000);
