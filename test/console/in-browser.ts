import { chromium, type Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { chromium as installed } from '#test/machine.ts';
import { openStation, type Station } from './house.ts';

/** The sizes at which the console has to work: what the nurse carries, and what stands in the station. */
export const SIZES = [['a phone', { width: 390, height: 844 }], ['the old PC', { width: 1280, height: 800 }]] as const;

/**
 * A real browser for the tests of one `describe`, and for each of them a station of its own; called there, it ends both
 * when they are over. `args` go to the browser.
 */
export function inBrowser(args: readonly string[] = []): { browser: () => Browser; station: (...how: Parameters<typeof openStation>) => Promise<Station> } {
  let browser: Browser | null = null;
  let station: Station | null = null;
  beforeAll(async () => {
    const how = installed();
    browser = await chromium.launch({ ...how, args: [...how.args, ...args] });
  });
  afterEach(async () => {
    await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
    await station?.stop();
    station = null;
  });
  afterAll(() => browser?.close());
  return {
    browser: () => {
      if (browser === null) throw new Error('the browser has not started');
      return browser;
    },
    station: async (...how) => {
      station = await openStation(...how);
      return station;
    },
  };
}
