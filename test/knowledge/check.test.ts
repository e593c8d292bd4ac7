import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sayFault, sayWanted } from '#bot/knowledge-faults.ts';
import { parseCard } from '#knowledge/card.ts';
import { checkKnowledge } from '#knowledge/check.ts';
import { addDays } from '#knowledge/day.ts';
import type { Fault } from '#knowledge/load.ts';
import { loadPlace } from '#knowledge/place.ts';
import { faultsOf, FOR_PEOPLE, RULES } from '#knowledge/wanted.ts';
import { createTexts } from '#locales/texts.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TODAY = '2026-11-22';
const texts = await createTexts();
const dir = mkdtempSync(join(tmpdir(), 'loa-check-'));
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

/** Every phrasing of the base is asked; a loaded machine takes its time. */
const SLOW_MS = 180_000;

describe('the base that ships', () => {
  test('has no errors', async () => {
    const faults = await checkKnowledge({ knowledgeDir: join(root, 'knowledge'), today: TODAY });
    expect(faults.filter((fault) => fault.severity === 'error').map(line)).toEqual([]);
  }, SLOW_MS);
});

describe('a base with something wrong in many files', () => {
  let lines: string[] = [];
  beforeAll(async () => {
    for (const part of ['cards', 'lexicon', 'danger', 'topics.tsv', 'calibration.json']) cpSync(join(root, 'knowledge', part), join(dir, part), { recursive: true });
    edit('5k/5k.mask.md', (card) => card.replace(/^validFrom: .*\n/m, ''));
    edit('5k/5k.overview.md', (card) => card.replace(/^reviewBy: .*$/m, 'reviewBy: 23/9/2027'));
    edit('5k/5k.distance.md', (card) => say(card, 'Bà con uống 500 mg.'));
    edit('5k/5k.no-gathering.md', (card) => say(card, 'Hỏi {{station.fax}}.'));
    edit('5k/5k.disinfect.md', (card) => say(card, 'Gọi 0912 345 678.'));
    edit('5k/5k.declaration.md', (card) => card.replace(/^variants:\n/m, 'variants:\n  - đeo khẩu trang hở mũi thì sao vậy bà con\n'));
    edit('5k/5k.child-mask.md', (card) => card.replace(/^variants:\n/m, 'variants:\n  - Đeo khẩu trang hở mũi, thì sao vậy bà con?\n'));
    edit('rule/rule.mask-fine.md', (card) => say(card, 'Bà con giữ gìn. '.repeat(45)));
    edit('disease/disease.dengue.md', (card) => card.replace(/^validUntil: .*$/m, `validUntil: ${addDays(TODAY, 10)}`));
    edit('disease/disease.measles.md', (card) => card.replace(/^validFrom: .*$/m, 'validFrom: 2026-01-01').replace(/^validUntil: .*$/m, `validUntil: ${addDays(TODAY, -1)}`));
    edit('disease/disease.hfmd.md', (card) => card.replace(/^id: .*$/m, 'id: [disease'));
    edit('disease/disease.rabies.md', (card) => card.replace(/^review: .*$/m, 'review: { status: done }\nnguon: a'));
    lines = (await checkKnowledge({ knowledgeDir: dir, today: TODAY })).map(line);
  });

  test.each([
    ['a missing field', 'error 5k/5k.mask.md, validFrom: một ngày như 2026-11-22'],
    ['a day in another form', 'error 5k/5k.overview.md, reviewBy: một ngày như 2026-11-22'],
    ['a clinical word in the answer', 'error 5k/5k.distance.md, câu trả lời: “mg” chỉ viết dưới “Chuyên môn”, nơi cán bộ y tế ký duyệt'],
    ['a placeholder that no place has', 'error 5k/5k.no-gathering.md, câu trả lời: một chỗ điền mà địa phương có, như {{station.phone}}; không có {{station.fax}}'],
    ['a telephone number', 'error 5k/5k.disinfect.md, câu trả lời: chỗ điền của địa phương, như {{station.phone}}, thay cho số 0912 345 678'],
    ['an answer that is too long', expect.stringMatching(/^error rule\/rule\.mask-fine\.md, câu trả lời: câu trả lời ngắn, nhiều nhất 600 ký tự \(đang \d+\); phần còn lại để dưới “Xem thêm”$/)],
    ['two cards that are asked for in the same words', expect.stringMatching(/^error 5k\/5k\.(declaration|child-mask)\.md, variants\.0: một cách hỏi của riêng thẻ này; “đeo khẩu trang hở mũi,? thì sao vậy bà con\??” đọc giống hệt một câu ở 5k\/5k\.(declaration|child-mask)\.md$/i)],
    ['a card that runs out within a month', 'warning disease/disease.dengue.md, validUntil: xem lại và gia hạn; thẻ hết hạn ngày 2026-12-02'],
    ['a card that ran out', 'warning disease/disease.measles.md, validUntil: một ngày từ 2026-11-22 trở đi; thẻ hết hạn ngày 2026-11-21 nên không được dùng'],
    ['YAML that cannot be read', expect.stringMatching(/^error disease\/disease\.hfmd\.md, phần đầu tệp: YAML đúng dạng; máy không đọc tiếp được từ dòng \d+\./)],
    ['a review of no known kind', 'error disease/disease.rabies.md, review.status: một trong: sourced, signed'],
    ['a field that cards do not have', 'error disease/disease.rabies.md, phần đầu tệp: chỉ những mục đã định; hãy bỏ hoặc sửa tên: nguon'],
  ])('%s: file, field and form, in Vietnamese', (_what, expected) => {
    expect(lines).toContainEqual(expected);
  });

  test('no sentence is left with an open place for a value', () => {
    expect(lines.filter((text) => text.replace(/\{\{station\.(phone|fax)\}\}/g, '').includes('{{'))).toEqual([]);
  });

  test('a broken danger file is named in the same way, and the rest is checked all the same', async () => {
    const file = join(dir, 'danger', 'values.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^spo2AtMost: .*$/m, 'spo2AtMost: thấp'));
    const faults = (await checkKnowledge({ knowledgeDir: dir, today: TODAY })).map(line);
    expect(faults).toContain('error danger/values.yaml, spo2AtMost: một số, như 38.5');
    expect(faults).toContain('error 5k/5k.mask.md, validFrom: một ngày như 2026-11-22');
  });
});

describe('through the verb', () => {
  test('a commune’s own broken card is said in Vietnamese and ends with 1', () => {
    const place = join(dir, 'place');
    mkdirSync(join(place, 'cards/5k'), { recursive: true });
    cpSync(join(root, 'knowledge/places/mau/place.yaml'), join(place, 'place.yaml'));
    writeFileSync(join(place, 'cards/5k/5k.mask.md'), card('5k/5k.mask.md').replace(/^question: .*\n/m, ''));
    const run = spawnSync(process.execPath, [join(root, 'bot/cli.ts'), 'knowledge', 'check'], { cwd: dir, env: { PATH: process.env['PATH'], PLACE: place }, encoding: 'utf8' });
    expect(run.stdout).toContain('LỖI 5k/5k.mask.md, mục question: phải có mục này, tệp đang thiếu\n');
    expect(run.stdout).toMatch(/Kho lời: \d+ thẻ, 1 lỗi, \d+ điều cần xem\.\n$/);
    expect(run.status).toBe(1);
  });
});

describe('what was expected', () => {
  test('has a sentence for every rule, without a full stop', () => {
    for (const rule of RULES) expect(texts.say('vi', `check:${rule}`), rule).toMatch(/^.*\p{L}.*[^.]$/su);
  });

  test('is said without an English word for what zod finds by itself', () => {
    const schema = z.strictObject({ a: z.string().min(3), b: z.array(z.string()).min(2), c: z.number().int().min(1).max(7), d: z.enum(['x', 'y']), e: z.url(), f: z.boolean(), g: z.string(), h: z.strictObject({}) });
    const parsed = schema.safeParse({ a: 'a', b: [], c: 9, d: 'z', e: 'moh', f: 'no', h: [] }, FOR_PEOPLE);
    expect(parsed.error && faultsOf(parsed.error, 'file').map((fault) => `${fault.field}: ${sayWanted(texts, fault.expected)}`)).toEqual([
      'a: ít nhất 3 ký tự', 'b: ít nhất 2 dòng trong danh sách', 'c: một số không quá 7', 'd: một trong: x, y', 'e: một địa chỉ trang mạng, như https://moh.gov.vn',
      'f: true hoặc false', 'g: phải có mục này, tệp đang thiếu', 'h: một nhóm mục con, mỗi dòng dạng tên: giá trị',
    ]);
  });

  test('names the line of the file where the YAML of a card breaks', () => {
    const result = parseCard('---\nid: 5k.mask\nquestion: a: b\n---\nTrả lời.\n');
    expect(result.ok ? null : result.faults).toEqual([{ field: 'front matter', expected: { rule: 'yaml', values: { line: 3 } } }]);
  });

  test('a place that is not there: the file as a whole', async () => {
    const place = await loadPlace(join(dir, 'nowhere'));
    expect(place.ok ? null : place.faults.map((fault) => sayFault(texts, fault))).toEqual([{ field: 'cả tệp', expected: 'một tệp có ở đó và đọc được' }]);
  });
});

function line(fault: Fault): string {
  const { severity, file, field, expected } = sayFault(texts, fault);
  return `${severity} ${file}, ${field}: ${expected}`;
}

function card(file: string): string {
  return readFileSync(join(root, 'knowledge/cards', file), 'utf8');
}

/** Changes a card of the copy; a change that changes nothing would prove nothing. */
function edit(file: string, change: (text: string) => string): void {
  const changed = change(card(file));
  if (changed === card(file)) throw new Error(`${file} is as it was`);
  writeFileSync(join(dir, 'cards', file), changed);
}

/** Puts a sentence before a card's answer. */
function say(text: string, sentence: string): string {
  return text.replace(/\n---\n/, `\n---\n${sentence} `);
}
