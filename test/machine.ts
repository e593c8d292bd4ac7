import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/**
 * The real things that tests run on: PostgreSQL, Redis and Chromium, started once for a run, privately (own folder,
 * own port, loopback only), also as root. What is missing is installed from Debian's packages when root; otherwise the
 * tests that need it are skipped and named at the end. With `CI=true` anything missing fails.
 */

const MISSING = 'LOA_TEST_MISSING';
const POSTGRES = 'LOA_TEST_POSTGRES';
const REDIS = 'LOA_TEST_REDIS';
const CHROMIUM = 'LOA_TEST_CHROMIUM';

/** Debian's packages and how to see that one is there. */
const TOOLS = [
  { name: 'postgresql', find: () => postgresBin() },
  { name: 'redis-server', find: () => onPath('redis-server') },
  { name: 'chromium', find: () => onPath('chromium') },
  { name: 'ffmpeg', find: () => onPath('ffmpeg') },
] as const;

export type Machine = { stop: () => Promise<void> };

/** Starts what tests need and tells the workers by environment. Called once, before the first test. */
export async function startMachine(): Promise<Machine> {
  installMissing();
  const missing = TOOLS.filter((tool) => tool.find() === null).map((tool) => tool.name);
  if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(`missing on this machine and CI=true: ${missing.join(', ')}`);
  process.env[MISSING] = missing.join(' ');

  const chromium = onPath('chromium');
  if (chromium !== null) process.env[CHROMIUM] = chromium;
  const home = mkdtempSync(join(tmpdir(), 'loa-test-'));
  const stops = await Promise.all([startPostgres(home), startRedis(home)]);
  return {
    stop: async () => {
      for (const stop of stops) await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What this run has to do without: names of Debian packages. */
export function missingTools(): string[] {
  return (process.env[MISSING] ?? '').split(' ').filter((name) => name !== '');
}

/** True when PostgreSQL runs: `describe.skipIf(!hasPostgres())`. */
export const hasPostgres = (): boolean => process.env[POSTGRES] !== undefined;
export const hasRedis = (): boolean => process.env[REDIS] !== undefined;
export const hasChromium = (): boolean => process.env[CHROMIUM] !== undefined;

/** The address of a new, empty PostgreSQL database of this test's own. */
export async function freshDatabase(): Promise<string> {
  const base = needed(POSTGRES);
  const name = `t_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  const client = new pg.Client({ connectionString: `${base}/postgres` });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return `${base}/${name}`;
}

/** The address of the run's Redis. Tests share it: use key prefixes of your own. */
export const redisUrl = (): string => needed(REDIS);

/** Path of a real Chromium, and the flags without which it calls home or refuses to run as root. */
export function chromium(): { executablePath: string; args: string[] } {
  return {
    executablePath: needed(CHROMIUM),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  };
}

/** A Redis of the test's own, to be killed. */
export async function ownRedis(): Promise<{ url: string; kill: () => void; restart: () => Promise<void>; stop: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), 'loa-redis-'));
  const port = await freePort();
  let child = await spawnRedis(dir, port);
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => void child.kill('SIGKILL'),
    restart: async () => {
      // Its port is free once it is gone, and not when it is told to go.
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      child = await spawnRedis(dir, port);
    },
    stop: () => {
      child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A PostgreSQL of the test's own, to be restarted. */
export async function ownPostgres(): Promise<{ url: string; restart: () => Promise<void>; stop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'loa-pg-'));
  const cluster = await createCluster(dir);
  return {
    url: `${cluster.url}/postgres`,
    restart: async () => {
      await cluster.stop();
      await cluster.start();
    },
    stop: async () => {
      await cluster.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function needed(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: run tests through npm test, and guard the test with skipIf`);
  return value;
}

function installMissing(): void {
  const missing = TOOLS.filter((tool) => tool.find() === null).map((tool) => tool.name);
  if (missing.length === 0 || process.getuid?.() !== 0 || onPath('apt-get') === null) return;
  process.stdout.write(`installing for the tests: ${missing.join(', ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  // A fresh machine has no fonts, and screenshots would show boxes instead of Vietnamese.
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing, 'fonts-dejavu-core'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function startPostgres(home: string): Promise<() => Promise<void>> {
  if (postgresBin() === null || (process.getuid?.() === 0 && onPath('runuser') === null)) return () => Promise.resolve();
  const dir = join(home, 'pg');
  mkdirSync(dir);
  const cluster = await createCluster(dir);
  process.env[POSTGRES] = cluster.url;
  return cluster.stop;
}

/** PostgreSQL refuses to run as root, so root lends a folder to the user `postgres` that Debian's package made. */
async function createCluster(dir: string): Promise<{ url: string; start: () => Promise<void>; stop: () => Promise<void> }> {
  const bin = postgresBin();
  if (bin === null) throw new Error('PostgreSQL is not installed');
  const root = process.getuid?.() === 0;
  const port = await freePort();
  const data = join(dir, 'data');
  if (root) {
    // The folder above must be searchable by `postgres`.
    spawnSync('chmod', ['755', dir, join(dir, '..')]);
    spawnSync('chown', ['postgres', dir]);
  }
  const as = (command: string, args: string[]): [string, string[]] => (root ? ['runuser', ['-u', 'postgres', '--', join(bin, command), ...args]] : [join(bin, command), args]);
  const [initdb, initArgs] = as('initdb', ['-D', data, '-U', 'loa', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']);
  const made = spawnSync(initdb, initArgs, { encoding: 'utf8', cwd: '/' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);

  const [ctl, ctlBase] = as('pg_ctl', ['-D', data]);
  const control = (...args: string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn(ctl, [...ctlBase, ...args], { stdio: 'ignore', cwd: '/' });
      child.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`pg_ctl ${args.join(' ')} ended with ${String(code)}`));
      });
    });
  const start = () => control('start', '-w', '-t', '300', '-l', join(dir, 'log'), '-o', `-p ${port} -k ${dir} -c listen_addresses=127.0.0.1 -c max_connections=60`);
  const stop = () => control('stop', '-w', '-t', '300', '-m', 'fast');
  await start();
  return { url: `postgres://loa@127.0.0.1:${port}`, start, stop };
}

async function startRedis(home: string): Promise<() => Promise<void>> {
  if (onPath('redis-server') === null) return () => Promise.resolve();
  const port = await freePort();
  const child = await spawnRedis(home, port);
  process.env[REDIS] = `redis://127.0.0.1:${port}`;
  return () => {
    child.kill('SIGKILL');
    return Promise.resolve();
  };
}

async function spawnRedis(dir: string, port: number): Promise<ChildProcess> {
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.on('exit', (code) => {
      reject(new Error(`redis-server ended with ${String(code)}`));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('latin1')}`.slice(-1000);
      if (said.includes('Ready to accept connections')) resolve();
    });
  });
  return child;
}

function postgresBin(): string | null {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return null;
  const versions = readdirSync(base).filter((version) => existsSync(join(base, version, 'bin/initdb')));
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(base, newest, 'bin');
}

function onPath(program: string): string | null {
  for (const dir of [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']) {
    const path = join(dir, program);
    if (dir !== '' && existsSync(path)) return path;
  }
  return null;
}

/** Ports from which the kernel gives none away by itself: to no connection that goes out, and to nobody who asks for any. */
const FIRST_PORT = 18_000;
const LAST_PORT = 32_000;

/**
 * A port that is free, also while what stands there is killed and begins again: nothing takes it but somebody who wants
 * just that number.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (await isFree(port)) return port;
  }
  throw new Error('no port');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => { resolve(false); });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => { resolve(true); });
    });
  });
}
