import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { start, type App, type AppOptions } from '#bot/app.ts';
import { invite } from '#bot/accounts/accounts.ts';
import { codeAt, fromBase32 } from '#bot/accounts/totp.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import type { Domain, Role } from '#bot/store/tables/staff.ts';
import { openStore, type Store } from '#bot/store/store.ts';
import { chromium as installed } from '#test/machine.ts';

/** The whole program in a folder of its own, with residents and staff who use it over HTTP or in a real browser. */

export const PASSWORD = 'mot hai ba bon nam';

export type Station = {
  url: string;
  dataDir: string;
  /** The same store beside the program, to look into and to make things happen. */
  store: Store;
  /** The link with which somebody makes their account. */
  link: (name: string, role?: Role, domains?: Domain[]) => Promise<string>;
  stop: () => Promise<void>;
};

export async function openStation(env: Record<string, string> = {}, clock: () => number = Date.now, options: Pick<AppOptions, 'modelPatienceMs'> = {}): Promise<Station> {
  const dataDir = mkdtempSync(join(tmpdir(), 'loa-console-'));
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...env });
  if (!config.ok) throw new Error(config.faults.map((fault) => fault.name).join());
  const started = await start(config.config, { clock, log: createLog('silent'), ...options });
  if (!started.ok) throw new Error(started.say);
  const app: App = started.app;
  const opened = await openStore({ dataDir, clock });
  if (!opened.ok) throw new Error(opened.problem.kind);
  const { store } = opened;
  return {
    url: app.url,
    dataDir,
    store,
    link: async (name, role = 'answerer', domains = ['health', 'social', 'food', 'order']) => `${app.url}/staff/join/${await store.write((tx) => invite(tx, { name, role, domains, byAccount: null }))}`,
    stop: async () => {
      await store.close();
      await app.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Somebody of the station with a browser that keeps cookies and sends what a browser sends. */
export type Client = {
  get: (path: string) => Promise<{ status: number; text: string; headers: Headers }>;
  post: (path: string, fields: Record<string, string> | [string, string][], headers?: Record<string, string>) => Promise<{ status: number; text: string; location: string | null }>;
  /** The hidden fields of a ticket's form, as they are now. */
  seen: (ticketId: number) => Promise<{ csrf: string; version: string }>;
  cookie: () => string;
  forget: () => void;
};

export function createClient(url: string): Client {
  let cookie = '';
  const keep = (response: Response): void => {
    for (const line of response.headers.getSetCookie()) cookie = line.split(';')[0] ?? '';
  };
  const get: Client['get'] = async (path) => {
    const response = await fetch(new URL(path, url), { headers: { cookie }, redirect: 'manual' });
    keep(response);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    get,
    post: async (path, fields, headers = {}) => {
      const response = await fetch(new URL(path, url), { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers: { cookie, 'sec-fetch-site': 'same-origin', ...headers } });
      keep(response);
      return { status: response.status, text: await response.text(), location: response.headers.get('location') };
    },
    seen: async (ticketId) => {
      const { text } = await get(`/staff/ticket/${ticketId}`);
      return { csrf: /name="csrf" value="([^"]+)"/u.exec(text)?.[1] ?? '', version: /name="version" value="(\d+)"/u.exec(text)?.[1] ?? '' };
    },
    cookie: () => cookie,
    forget: () => {
      cookie = '';
    },
  };
}

/** Makes an account over its link; the client is then logged in. */
export async function joined(station: Station, name: string, role: Role = 'answerer', domains?: Domain[]): Promise<Client> {
  const client = createClient(station.url);
  const made = await client.post(await station.link(name, role, domains), { name, title: 'Y sĩ', login: name, password: PASSWORD });
  if (made.status !== 303) throw new Error(`no account: ${made.status} ${made.text}`);
  return client;
}

/** Sets up the six digits that a station reachable from outside asks of everybody. */
export async function setUpCode(client: Client): Promise<void> {
  const page = await client.get('/staff/code');
  const secret = /name="secret" value="([A-Z2-7]+)"/u.exec(page.text)?.[1] ?? '';
  const csrf = /name="csrf" value="([^"]+)"/u.exec(page.text)?.[1] ?? '';
  const done = await client.post('/staff/code', { csrf, secret, code: codeAt(fromBase32(secret), Math.floor(Date.now() / 30_000)) });
  if (done.location !== '/staff') throw new Error(`no code: ${done.status}`);
}

/** A resident asks on the web chat; gives the cookie they are known by. */
export async function asks(url: string, text: string, cookie = ''): Promise<{ cookie: string; replies: string[] }> {
  const response = await fetch(`${url}/api/chat`, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify({ text }) });
  const body = z.object({ replies: z.array(z.object({ text: z.string() })) }).parse(await response.json());
  return { cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie, replies: body.replies.map((reply) => reply.text) };
}

/** A command of the program beside the station. Never blocks this process, in which the station may hold the store for a moment. */
export function atTerminal(args: string[], env: Record<string, string>): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['bot/cli.ts', ...args], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream].setEncoding('utf8').on('data', (part: string) => { said[stream] += part; });
  return new Promise((resolve) => child.once('close', (status) => { resolve({ status, ...said }); }));
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch(installed());
}

/** A browser of somebody who has just made their account in it. */
export async function joinIn(browser: Browser, station: Station, name: string, viewport: { width: number; height: number }, more: { javaScriptEnabled?: boolean; bypassCSP?: boolean } = {}): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', locale: 'vi-VN', ...more });
  const page = await context.newPage();
  await page.goto(await station.link(name));
  await page.fill('#title', 'Y sĩ');
  await page.fill('#login', name);
  await page.fill('#password', PASSWORD);
  await page.press('#password', 'Enter');
  await page.waitForURL(/\/staff$/u);
  return { context, page };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeForm = z.array(z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string() })) }));

/** What axe-core finds serious on the page; needs a context that bypasses the page's policy. */
export async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const found = axeForm.parse(await page.evaluate('axe.run().then((r) => r.violations.map((v) => ({ id: v.id, impact: v.impact ?? null, nodes: v.nodes.map((n) => ({ html: n.html })) })))'));
  return found.filter((violation) => violation.impact === 'serious' || violation.impact === 'critical').map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`);
}
