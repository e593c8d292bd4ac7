import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { learnt, learntStanding } from '#knowledge/calibrate.ts';
import { checkKnowledge } from '#knowledge/check.ts';
import { createOpenJudge } from '#knowledge/judge.ts';
import { loadLearnt, saveLearnt } from '#knowledge/learntFile.ts';
import { loadCards, type Base } from '#knowledge/load.ts';
import { loadUnderstanding, type Understanding } from '#knowledge/understanding.ts';
import { cases, KNOWLEDGE_DIR, TODAY } from './base.ts';

const dir = mkdtempSync(join(tmpdir(), 'loa-learnt-'));
let base: Base;
let shipped: Understanding;
beforeAll(async () => {
  cpSync(KNOWLEDGE_DIR, dir, { recursive: true });
  [shipped, base] = await Promise.all([loadUnderstanding(KNOWLEDGE_DIR), loadCards(join(KNOWLEDGE_DIR, 'cards'), TODAY)]);
});
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

/** It learns twice from the whole base; a loaded machine takes its time. */
const SLOW_MS = 300_000;

describe('what was learnt of danger at publication', () => {
  test('comes back from its file as it was, and decides as if it were learnt anew', async () => {
    const anew = learnt(base.cards, { ...shipped, learnt: null });
    await saveLearnt(dir, anew);
    expect(isDeepStrictEqual(await loadLearnt(dir), anew)).toBe(true);
    expect(learntStanding(base.cards, { ...shipped, learnt: anew })).toBe('learnt');
    const [kept, fresh] = [createOpenJudge(base.cards, { ...shipped, learnt: anew }), createOpenJudge(base.cards, { ...shipped, learnt: null })];
    for (const [, text = ''] of (await cases('danger-signs.tsv')).slice(0, 60)) expect(kept.danger(text)).toEqual(fresh.danger(text));
  }, SLOW_MS);

  test('is nothing where the file is broken or of other labels, and danger is known all the same', async () => {
    const file = readFileSync(join(KNOWLEDGE_DIR, 'likeness.json'), 'utf8');
    for (const broken of ['', '{', file.slice(0, 5_000), file.replace('"poisoning"', '"hunger"'), file.replace(/("start": ").{40}/, '$1')]) {
      writeFileSync(join(dir, 'likeness.json'), broken);
      expect(await loadLearnt(dir)).toBeNull();
    }
    const understanding = await loadUnderstanding(dir);
    expect(learntStanding(base.cards, understanding)).toBe('missing');
    expect(createOpenJudge(base.cards, understanding).danger('ông nhà tui nằm im kêu hoài hổng mở mắt')).toMatchObject({ state: 'alarm' });
    writeFileSync(join(dir, 'likeness.json'), file);
  });
});

describe('a station that edits its danger signs', () => {
  const said = 'bóng cây mít đổ dài qua cái sân';
  const line = 'mắc con ma lai';

  test('is understood at the next start, without any learning; the check says that it is out of date', async () => {
    const before = createOpenJudge(base.cards, shipped);
    expect(before.danger(said)).toMatchObject({ state: 'calm' });
    expect(before.danger(`cây mít ${line} ngoài sân`)).toMatchObject({ state: 'calm' });

    const [examples, signs] = [join(dir, 'danger', 'examples.tsv'), join(dir, 'danger', 'signs.yaml')];
    writeFileSync(examples, `${readFileSync(examples, 'utf8').trimEnd()}\nmedical\t${said}\n`);
    writeFileSync(signs, `${readFileSync(signs, 'utf8').trimEnd()}\n  - { id: scolded, class: medical, any: ['${line}'] }\n`);
    const edited = await loadUnderstanding(dir);
    const open = createOpenJudge(base.cards, edited);
    expect(open.danger(said)).toMatchObject({ state: 'alarm', class: 'medical' });
    expect(open.danger(`cây mít ${line} ngoài sân`)).toMatchObject({ state: 'alarm', class: 'medical', sign: 'scolded' });

    expect(learntStanding(base.cards, edited)).toBe('earlier');
    const fault = (await checkKnowledge({ knowledgeDir: dir, today: TODAY })).find(({ file }) => file === 'likeness.json');
    expect(fault).toMatchObject({ field: 'of', severity: 'warning', expected: { rule: 'learnt' } });
  }, SLOW_MS);
});
