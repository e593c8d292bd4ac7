import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '#bot/config.ts';
import manifest from '#root/package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['README.md', 'README.vi.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('every page', () => {
  const verbs = spawnSync('node', ['bot/start.mjs', '--cli', 'help'], { cwd: root, encoding: 'utf8' }).stdout.split('\n').map((line) => line.split(' ')[0]);

  test.each(pages)('%s names only commands that exist', (page) => {
    for (const [, script = ''] of read(page).matchAll(/npm run (?:--silent )?([a-z]+)/g)) expect(Object.keys(manifest.scripts), script).toContain(script);
    for (const [, verb = ''] of read(page).matchAll(/npm run (?:--silent )?bot -- ([a-z]+)/g)) if (verb !== 'help') expect(verbs, verb).toContain(verb);
  });

  test.each(pages)('%s points only to files that are there', (page) => {
    for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) expect(existsSync(join(root, dirname(page), target)), target).toBe(true);
    for (const [, target = ''] of read(page).matchAll(/src="(?!https?:)([^"]+)"/g)) expect(existsSync(join(root, dirname(page), target)), target).toBe(true);
  });

  test.each(pages)('%s names only variables that the program reads', (page) => {
    const known = new Set<string>([...SETTINGS.map((setting) => setting.name), 'POSTGRES_PASSWORD']);
    for (const [, name = ''] of read(page).matchAll(/\b((?:TELEGRAM|ZALO|DATABASE|REDIS|DATA|RETENTION|PUBLIC|LOG)_[A-Z_]+[A-Z])\b/g)) expect([...known], name).toContain(name);
  });
});

describe('the README', () => {
  test.each(['README.md', 'README.vi.md'])('%s begins with the two commands', (page) => {
    const [first = '', second = ''] = read(page).split('\n').filter((line) => line.startsWith('npm '));
    expect(first).toMatch(/^npm ci && npm start\b/);
    expect(second).toMatch(/^npm ci && npm test\b/);
    expect(read(page).indexOf(first)).toBeLessThan(60);
  });

  test('fits on a page', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(70);
  });
});
