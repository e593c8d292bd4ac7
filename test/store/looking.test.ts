import { expect, test, vi } from 'vitest';
import { lookRegularly } from '#bot/store/looking.ts';

/** A look that ends when the test says so. */
function held() {
  const ends: { end: () => void; fail: (why: Error) => void }[] = [];
  return { ends, look: () => new Promise<void>((end, fail) => { ends.push({ end, fail }); }) };
}

test('while one look hangs none is begun beside it, and whoever asks meanwhile shares the one that comes after', async () => {
  const { ends, look } = held();
  const looking = lookRegularly(look, 5, () => undefined);
  const first = looking.look();
  // Many rounds of the timer pass.
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(ends).toHaveLength(1);
  const [second, third] = [looking.look(), looking.look()];
  ends[0]?.end();
  await first;
  await vi.waitFor(() => { expect(ends).toHaveLength(2); });
  ends[1]?.end();
  await Promise.all([second, third]);
  looking.stop();
});

test('a trouble is told, and the next look is taken all the same', async () => {
  const { ends, look } = held();
  const troubles: unknown[] = [];
  const looking = lookRegularly(look, 5, (error) => troubles.push(error));
  await vi.waitFor(() => { expect(ends).toHaveLength(1); });
  ends[0]?.fail(new Error('away'));
  await vi.waitFor(() => { expect(ends).toHaveLength(2); });
  expect(troubles).toEqual([new Error('away')]);
  // Who asks hears of it themselves, and the one who waits for the next is not harmed by the last.
  const next = looking.look();
  ends[1]?.fail(new Error('still away'));
  await vi.waitFor(() => { expect(ends).toHaveLength(3); });
  ends[2]?.end();
  await next;
  looking.stop();
});
