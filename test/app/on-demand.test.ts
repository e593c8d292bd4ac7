import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { pagesOnDemand } from '#bot/http/on-demand.ts';
import { createTally } from '#bot/http/tally.ts';

describe('pages that are read when somebody opens them', () => {
  test('are opened once, for the first who asks, and every form reaches them', async () => {
    let opened = 0;
    const app = new Hono().route('/', pagesOnDemand('/staff/*', () => {
      opened += 1;
      const pages = new Hono();
      pages.get('/staff', (c) => c.text('desk'));
      pages.post('/staff/form', async (c) => c.text(await c.req.text()));
      return Promise.resolve(pages);
    }));
    expect((await app.request('/other')).status).toBe(404);
    expect(opened).toBe(0);
    const [desk, form, missing] = await Promise.all([app.request('/staff'), app.request('/staff/form', { method: 'POST', body: 'a=1' }), app.request('/staff/none')]);
    expect([await desk.text(), await form.text(), missing.status, opened]).toEqual(['desk', 'a=1', 404, 1]);
  });

  test('what they throw is for the application around them, and pages that did not open are tried again', async () => {
    let times = 0;
    const app = new Hono().route('/', pagesOnDemand('/staff/*', () => {
      times += 1;
      const pages = new Hono();
      pages.get('/staff', () => { throw new Error('inside'); });
      return times === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(pages);
    }));
    app.onError((error, c) => c.text(error.message, 500));
    expect(await (await app.request('/staff')).text()).toBe('not yet');
    expect(await (await app.request('/staff')).text()).toBe('inside');
  });
});

test('a tally counts each set of labels apart', () => {
  const tally = createTally(['use', 'result'] as const);
  tally.count({ use: 'choice', result: 'failed' });
  tally.count({ use: 'choice', result: 'chosen' });
  tally.count({ use: 'choice', result: 'failed' }, 2);
  expect(tally.counts()).toEqual([[{ use: 'choice', result: 'failed' }, 3], [{ use: 'choice', result: 'chosen' }, 1]]);
});
