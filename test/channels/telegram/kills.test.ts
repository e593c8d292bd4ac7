import { expect, test } from 'vitest';
import { killRepeatedly } from './kills.ts';

test.each(['polling', 'webhook'] as const)('killed ten times at random moments, by %s: no update is lost, no reply doubled, and each chat keeps its order', async (mode) => {
  const report = await killRepeatedly({ mode, kills: 10, seed: 20261122 });
  expect(report).toMatchObject({ kills: 10, handled: report.updates, doubled: 0, missing: 0, outOfOrder: 0 });
  expect(report.updates).toBeGreaterThan(50);
}, 400_000);
