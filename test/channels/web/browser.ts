import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { chromium as installed } from '#test/machine.ts';
import { answerBy, memoryStore, serveWebChat, type MemoryStore, type Options, type Serving } from './house.ts';

/** A real browser on the residents' page. What runs inside the page is text, so that tests need no types of a browser. */

export const PHONE = { width: 390, height: 844 };
export const SMALL = { width: 320, height: 568 };

export type Visit = {
  viewport?: { width: number; height: number };
  deviceScaleFactor?: number;
  javaScriptEnabled?: boolean;
  bypassCSP?: boolean;
  /** Gives the test the page's clock. */
  clock?: boolean;
  limits?: Options['limits'];
};

export type Visited = { store: MemoryStore; served: Serving; context: BrowserContext; page: Page };

export type Visitors = {
  browser: () => Browser;
  /** Opens the page of a server and store of this test's own. */
  visit: (options?: Visit) => Promise<Visited>;
  /** Ends with the test. */
  ends: (end: () => Promise<void>) => void;
  start: () => Promise<void>;
  leave: () => Promise<void>;
  stop: () => Promise<void>;
};

export function createVisitors(): Visitors {
  let browser: Browser | null = null;
  const open: (() => Promise<void>)[] = [];
  const started = (): Browser => {
    if (browser === null) throw new Error('the browser has not started');
    return browser;
  };
  return {
    browser: started,
    visit: async (options = {}) => {
      const { clock = false, limits, ...context } = options;
      const store = memoryStore(answerBy);
      const served = await serveWebChat(store, 0, limits === undefined ? {} : { limits });
      const opened = await started().newContext({ viewport: PHONE, reducedMotion: 'reduce', locale: 'vi-VN', ...context });
      open.push(served.stop, () => opened.close());
      const page = await opened.newPage();
      if (clock) await page.clock.install();
      await page.goto(served.url);
      return { store, served, context: opened, page };
    },
    ends: (end) => open.push(end),
    start: async () => {
      browser = await chromium.launch(installed());
    },
    leave: async () => {
      for (const close of open.splice(0).reverse()) await close();
    },
    stop: async () => browser?.close(),
  };
}

/** Writes, sends, and waits for one more reply. */
export async function ask(page: Page, text: string): Promise<void> {
  const replies = await page.locator('[data-r]').count();
  await write(page, text);
  await page.locator('[data-r]').nth(replies).waitFor();
}

/** Writes and sends. */
export async function write(page: Page, text: string): Promise<void> {
  await page.fill('#q', text);
  await page.press('#q', 'Enter');
}

export function visitorOf(store: MemoryStore): string {
  return store.visitors()[0] ?? '';
}

/** What stands on the page as the resident's words. */
export async function words(page: Page): Promise<string[]> {
  return page.locator('#log .me .t').allTextContents();
}

export function heard(store: MemoryStore): string[] {
  return store.heard.map((content) => (content.kind === 'text' ? content.text : content.kind === 'button' ? content.value : content.kind));
}

/** What has the focus, by its words. */
export async function focused(page: Page): Promise<string> {
  return inPage(page, z.string(), "((document.activeElement.querySelector('.t') || document.activeElement).textContent).trim()");
}

/** Runs an expression in the page. */
export async function inPage<T>(page: Page, form: z.ZodType<T>, expression: string): Promise<T> {
  return form.parse(await page.evaluate(expression));
}

/** That the whole of it comes to lie on the screen. */
export async function expectInSight(page: Page, selector: string): Promise<void> {
  await expect.poll(async () => {
    const box = await page.locator(selector).last().boundingBox();
    return box !== null && box.y >= 0 && box.y + box.height <= (page.viewportSize()?.height ?? 0);
  }, { message: `${selector} in sight` }).toBe(true);
}
