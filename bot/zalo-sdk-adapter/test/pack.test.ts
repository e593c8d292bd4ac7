import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toJavaScript, toSource } from '../pack.ts';

const run = promisify(execFile);
const PACKAGE = join(import.meta.dirname, '..');
const MODULES = join(PACKAGE, '../../node_modules');
/** The Node that runs the tests is the one that the repository asks for. */
const NODE_24 = process.execPath;

let folder: string;
let home: string;
let manifestBefore: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zalo-pack-'));
  // A copy is packed, so that nobody who uses the package in the meantime sees its manifest turned over.
  const copy = join(folder, 'package');
  await cp(PACKAGE, copy, { recursive: true, filter: (path) => !/\/(test|dist|node_modules)$/.test(path) });
  await symlink(MODULES, join(folder, 'node_modules'));
  manifestBefore = await readFile(join(copy, 'package.json'), 'utf8');
  // As if a pack had been cut off before.
  await run(NODE_24, ['pack.ts', 'to-javascript'], { cwd: copy });
  expect(await readFile(join(copy, 'package.json'), 'utf8')).not.toBe(manifestBefore);
  await run('npm', ['pack', '--pack-destination', folder], { cwd: copy });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  home = await mkdtemp(join(tmpdir(), 'zalo-home-'));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], { cwd: home });
  await writeFile(join(home, 'bot.mjs'), PROGRAM);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
});

test('packing leaves the manifest as it was, to the letter, also after a pack that was cut off', async () => {
  expect(await readFile(join(folder, 'package/package.json'), 'utf8')).toBe(manifestBefore);
});

test('in the repository the package is its source', async () => {
  const text = await readFile(join(PACKAGE, 'package.json'), 'utf8');
  expect(text).toContain('"./index.ts"');
  const byName = await import('zalo-sdk-adapter');
  expect(byName.ZaloOA).toBeTypeOf('function');
  expect((await import('zalo-sdk-adapter/fake')).startFakeZalo).toBeTypeOf('function');
});

test('turning the entries over and back can be done from either state, any number of times', () => {
  const source = { '.': './index.ts', './fake': './fake/index.ts' };
  const built = toJavaScript(source);
  expect(built['./fake']).toEqual({ types: './dist/fake/index.d.ts', default: './dist/fake/index.js' });
  expect(toJavaScript(built)).toEqual(built);
  expect(toSource(built)).toEqual(source);
  expect(toSource(source)).toEqual(source);
});

test('the tarball holds JavaScript, types, the README and the licence, and brings no other package', async () => {
  const installed = join(home, 'node_modules/zalo-sdk-adapter');
  const files = (await readdir(installed, { recursive: true })).sort();
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts', 'dist/fake/index.js', 'dist/fake/index.d.ts']));
  expect(files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([]);
  expect(files.filter((name) => name.includes('test'))).toEqual([]);
  expect((await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['zalo-sdk-adapter']);
});

describe('installed in an empty folder it refreshes a token, sends, and verifies a webhook', () => {
  test('on Node 24', async () => {
    expect(await major(NODE_24)).toBeGreaterThanOrEqual(24);
    expect(await answer(NODE_24)).toBe('user_send_text Dạ');
  });

  test('on Node 20', async (context) => {
    const node = await findNode(20);
    if (node === null) context.skip('no Node 20 on this machine');
    else expect(await answer(node)).toBe('user_send_text Dạ');
  });
});

test('its types hold in a strict program, and in every program that the README shows', async () => {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const shown = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((block) => block[1] ?? '');
  expect(shown.length).toBeGreaterThan(4);
  const programs = [TYPED, ...shown].map((text, number) => ({ name: `program${number}.mts`, text }));
  for (const { name, text } of programs) await writeFile(join(home, name), text);
  const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023', '--types', 'node', '--typeRoots', join(MODULES, '@types')];
  await run(NODE_24, [join(MODULES, 'typescript/bin/tsc'), ...flags, ...programs.map(({ name }) => name)], { cwd: home });
});

test('the program with the fake that the README shows does what its comments say', async () => {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const program = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((block) => block[1] ?? '').find((text) => text.includes('startFakeZalo'));
  await writeFile(join(home, 'fake.mts'), program ?? '');
  const { stdout } = await run(NODE_24, ['fake.mts'], { cwd: home });
  expect(stdout).toContain("text: 'Dạ chào chị'");
  expect(stdout).toContain('code: -230');
  expect(stdout).toContain("kind: 'window'");
});

const PROGRAM = `
import { MemoryTokenStorage, TokenKeeper, ZaloOA, ZaloOAuth, ZaloWebhook, unwrap } from 'zalo-sdk-adapter';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { createServer } from 'node:http';

const zalo = await startFakeZalo({ echoes: false });
const webhook = new ZaloWebhook(zalo.app);
const names = [];
const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const verdict = webhook.receive(Buffer.concat(parts), request.headers);
  if (verdict.kind === 'event') names.push(verdict.event.event_name);
  response.writeHead(verdict.status).end();
}).listen(0, '127.0.0.1', async () => {
  await zalo.webhook.register('http://127.0.0.1:' + server.address().port);
  const mai = zalo.person('2512523625412515');
  await mai.writes('chào');
  const oauth = new ZaloOAuth({ appId: zalo.app.appId, appSecret: zalo.app.appSecret, oauthRoot: zalo.url });
  const tokens = new TokenKeeper({ oauth, storage: new MemoryTokenStorage(), seedRefreshToken: zalo.oauth.issue().refresh_token });
  const oa = new ZaloOA({ tokens, apiRoot: zalo.url });
  unwrap(await oa.sendText(mai.id, 'Dạ'));
  console.log(names.join(), mai.received.map((sent) => sent.text).join());
  await zalo.stop();
  server.close();
  server.closeAllConnections();
});
`;

const TYPED = `
import { ZaloRouter, type ZaloEvent, type ZaloOA, type Result, type EventOf } from 'zalo-sdk-adapter';
import { startFakeZalo, ManualClock, type FakeZalo } from 'zalo-sdk-adapter/fake';

export function wire(oa: ZaloOA): ZaloRouter<ZaloOA> {
  return new ZaloRouter(oa)
    .on('user_send_text', async ({ event, reply }) => { const text: string | null = event.message.text; await reply(text ?? ''); })
    .on('follow', ({ event }) => { const source: string | null = event.source; void source; });
}
export const nameOf = (event: ZaloEvent): string => event.event_name;
export const infoOf = (event: EventOf<'user_submit_info'>): string | null => event.info.phone;
export const fake = (): Promise<FakeZalo> => startFakeZalo({ clock: new ManualClock(0) });
export function text(result: Result<{ message_id: string }>): string {
  return result.ok ? result.value.message_id : result.failure.remedy.kind;
}
`;

async function answer(node: string): Promise<string> {
  const { stdout } = await run(node, ['bot.mjs'], { cwd: home });
  return stdout.trim();
}

/** A Node of this major version among those on the path, outside of any node_modules. */
async function findNode(wanted: number): Promise<string | null> {
  const folders = new Set([...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']);
  for (const each of folders) {
    const path = join(each, 'node');
    if (!path.includes('node_modules') && (await major(path)) === wanted) return path;
  }
  return null;
}

async function major(node: string): Promise<number | null> {
  try {
    const { stdout } = await run(node, ['--version']);
    return Number(/^v(\d+)\./.exec(stdout)?.[1]);
  } catch {
    return null;
  }
}
