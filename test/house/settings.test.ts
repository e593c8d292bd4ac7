import { readFileSync } from 'node:fs';
import { load as parse } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig, SETTINGS } from '#bot/config.ts';
import settingTexts from '#locales/vi/settings.json' with { type: 'json' };

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('the environment', () => {
  test('is not needed: an empty one gives a station its defaults', () => {
    const result = readConfig({});
    expect(result).toMatchObject({ ok: true, config: { port: 8080, host: '127.0.0.1', publicUrl: null, databaseUrl: null, place: 'knowledge/places/mau', retentionDays: 90 } });
  });

  test('names every bad value at once, and never shows a secret', () => {
    const result = readConfig({ PORT: 'eighty', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://loa:verysecret@db/loa' });
    expect(result).toEqual({ ok: false, faults: [{ name: 'PORT', got: 'eighty' }, { name: 'DATABASE_URL', got: '***' }, { name: 'LOG_LEVEL', got: 'loud' }] });
  });

  test('takes one of the two windows that Zalo has, as a number', () => {
    expect(readConfig({ ZALO_REPLY_WINDOW_HOURS: '168' })).toMatchObject({ ok: true, config: { zaloReplyWindowHours: 168 } });
    expect(readConfig({ ZALO_REPLY_WINDOW_HOURS: '72' })).toEqual({ ok: false, faults: [{ name: 'ZALO_REPLY_WINDOW_HOURS', got: '72' }] });
  });

  test('is frozen once read', () => {
    const result = readConfig({});
    expect(result.ok && Object.isFrozen(result.config)).toBe(true);
  });

  test('takes an empty variable for one that is not set, as compose files write it', () => {
    expect(readConfig({ PUBLIC_URL: '', REDIS_URL: ' ' })).toMatchObject({ ok: true, config: { publicUrl: null, redisUrl: null } });
  });

  test('says of every variable what is expected and what happens without it', () => {
    expect(Object.keys(settingTexts).sort()).toEqual(SETTINGS.map((setting) => setting.name).sort());
  });
});

describe('.env.example', () => {
  test('lists every variable with its default, and no other', () => {
    const lines = read('.env.example').split('\n').filter((line) => /^[A-Z_]+=/.test(line));
    expect(lines).toEqual(SETTINGS.map((setting) => `${setting.name}=${setting.fallback ?? ''}`));
  });

  test('repeats the very words that the program says about each variable', () => {
    const example = read('.env.example');
    for (const [name, words] of Object.entries(settingTexts)) {
      expect(example, name).toContain(`# Cần: ${words.expected}\n# Bỏ trống: ${words.without}\n${name}=`);
    }
  });
});

describe('the container', () => {
  const composeSchema = z.object({ services: z.object({ bot: z.object({ environment: z.record(z.string(), z.string()), volumes: z.array(z.string()) }), postgres: z.object({ image: z.string() }), redis: z.object({ image: z.string(), command: z.array(z.string()) }) }) });
  const compose = composeSchema.parse(parse(read('compose.yaml')));
  const docker = read('Dockerfile').split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  test('compose sets every variable of the program, and only those', () => {
    expect(Object.keys(compose.services.bot.environment).sort()).toEqual(SETTINGS.map((setting) => setting.name).sort());
  });

  test('what compose sets is accepted by the program', () => {
    const env = Object.fromEntries(Object.entries(compose.services.bot.environment).map(([name, value]) => [name, value.replace(/\$\{[A-Z_]+:\?[^}]*\}/g, 'x').replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1')]));
    expect(readConfig(env)).toMatchObject({ ok: true });
  });

  test('Redis never evicts what pacing rests on', () => {
    expect(compose.services.redis.command.join(' ')).toContain('--maxmemory-policy noeviction');
  });

  test('the image is Node 24, runs as an ordinary user, keeps its data in a volume and calls node directly', () => {
    expect(docker.filter((line) => line.startsWith('FROM ')).every((line) => line.startsWith('FROM node:24'))).toBe(true);
    expect(docker).toContain('USER node');
    expect(docker).toContain('VOLUME /data');
    expect(docker).toContain('CMD ["node", "--max-semi-space-size=8", "bot/start.mjs"]');
    expect(docker.indexOf('USER node')).toBeLessThan(docker.findIndex((line) => line.startsWith('CMD')));
  });

  test('every path that the image copies exists', () => {
    const copied = docker.filter((line) => line.startsWith('COPY ') && !line.includes('--from')).flatMap((line) => line.split(' ').slice(1, -1));
    for (const path of copied) expect(() => read(path.endsWith('.json') || path.startsWith('.') ? path : `${path}/`), path).not.toThrow(/ENOENT/);
  });
});
