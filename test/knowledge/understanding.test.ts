import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { start } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { readUnderstanding } from '#knowledge/understanding.ts';
import { KNOWLEDGE_DIR } from './base.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'loa-understanding-'));
  for (const part of ['lexicon', 'danger', 'calibration.json']) cpSync(join(KNOWLEDGE_DIR, part), join(dir, part), { recursive: true });
});
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

const spoil = (file: string, text: string) => { writeFileSync(join(dir, file), `${readFileSync(join(dir, file), 'utf8')}\n${text}\n`); };

describe('word lists and danger signs that somebody broke', () => {
  test('every broken file is named with its field, all at once', async () => {
    spoil('danger/signs.yaml', '  - { id: thử, class: medical, any: [ngất] }');
    spoil('lexicon/joints.yaml', 'them: [a');
    const read = await readUnderstanding(dir);
    expect(read.ok ? [] : read.faults.map((fault) => fault.file).sort()).toEqual(['danger/signs.yaml', 'lexicon/joints.yaml']);
  });

  test('the station does not start without its danger signs: a sentence with the place of the fault, exit 2, no trace', async () => {
    spoil('danger/values.yaml', 'pulseOver: [');
    const config = readConfig({ PORT: '0', DATA_DIR: join(dir, 'data') });
    if (!config.ok) throw new Error('the configuration of this test');
    const started = await start(config.config, { knowledgeDir: dir });
    expect(started).toMatchObject({ ok: false, exitCode: 2 });
    if (!started.ok) {
      expect(started.say).toContain('danger/values.yaml, mục cả tệp: YAML đúng dạng');
      expect(started.say).not.toContain('    at ');
    }
  });
});
