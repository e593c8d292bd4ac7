import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openBase } from './base.ts';

const NOW_MS = Date.parse('2026-11-22T08:00:00+07:00');

test.each(['README.md', 'README.vi.md'])('the question that %s asks is answered at once', async (page) => {
  const [, question] = /npm run --silent ask -- "([^"]+)"/.exec(await readFile(new URL(`../../${page}`, import.meta.url), 'utf8')) ?? [];
  expect(question).toBeDefined();
  expect((await openBase()).judge(question ?? '', { nowMs: NOW_MS }).outcome).toBe('answer');
});
