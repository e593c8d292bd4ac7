import { expect, test } from 'vitest';
import { killRepeatedly } from './kills.ts';

test('killed eight times at random moments: every message is handled once, no answer is doubled, none is lost without being listed', async () => {
  const report = await killRepeatedly({ kills: 8, seed: 20261122 });
  expect(report).toMatchObject({ kills: 8, handled: report.written, doubled: 0, missing: 0 });
  expect(report.written).toBeGreaterThan(50);
}, 120_000);
