import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_TABLE, fixedToken, remedyFor, zaloLength, ZaloOA, type Failure } from 'zalo-sdk-adapter';
import { ManualClock, startFakeZalo } from 'zalo-sdk-adapter/fake';
import type { Piece, Sendable } from '#bot/channels/channel.ts';
import { outcomeOf } from '#bot/channels/zalo/outcome.ts';
import { buttonsOf, partsOf } from '#bot/channels/zalo/render.ts';
import { createSender } from '#bot/channels/zalo/send.ts';
import { createSequence } from '#bot/channels/zalo/sequence.ts';
import { createTexts } from '#locales/texts.ts';
import { plainPiece } from '#test/store/fresh.ts';

const texts = await createTexts();
const MAI = '2512523625412515';

function asking(...values: string[]): Piece {
  const buttons = values.map((value, i) => ({ label: `Câu ${i}`, value }));
  return { text: ['Bà con hỏi gì?', ...buttons.map(({ label }, i) => `${i + 1}. ${label}`)].join('\n'), lang: 'vi', cardId: null, buttons, layout: { form: 'choices', lead: 'Bà con hỏi gì?' } };
}

async function sending(options: { buttons?: boolean } = {}) {
  const clock = new ManualClock(Date.parse('2026-11-23T08:00:00+07:00'));
  const fake = await startFakeZalo({ clock });
  const kept = new Map<string, string>();
  const failures: (Failure | null)[] = [];
  const oa = new ZaloOA({ tokens: fixedToken(fake.oauth.issue().access_token), apiRoot: fake.url, now: () => clock.now() });
  const sender = createSender({
    oa, texts, nowMs: () => clock.now(), buttons: options.buttons ?? true,
    memory: { get: (key) => Promise.resolve(kept.get(key) ?? null), set: (key, value) => {
      kept.set(key, value);
      return Promise.resolve();
    } },
    onResult: (failure) => {
      failures.push(failure);
    },
  });
  const mai = fake.person(MAI);
  await mai.follows();
  return { clock, fake, mai, sender, kept, failures };
}

describe('buttons', () => {
  test('are tried once, and what the account says is remembered', async () => {
    const { fake, mai, sender, kept } = await sending();
    fake.faults.add('/message/cs', { kind: 'code', code: -201, message: 'payload.buttons is invalid' });
    expect(await sender.send(MAI, asking('card:a', 'none'))).toMatchObject({ kind: 'sent' });
    expect(mai.received.map(({ kind }) => kind)).toEqual(['text']);
    expect(kept.get('buttons')).toBe('no');
    await sender.send(MAI, asking('card:a'));
    expect(mai.received.map(({ kind }) => kind)).toEqual(['text', 'text']);
    await fake.stop();
  });

  test('that are taken carry the value back, and other buttons then need no number', async () => {
    const { fake, mai, sender, kept } = await sending();
    await sender.send(MAI, asking('card:a', 'none'));
    expect(kept.get('buttons')).toBe('yes');
    expect(JSON.stringify(mai.received[0]?.message)).toContain('"payload":"#ll:card:a"');
    await sender.send(MAI, { ...plainPiece('Đáp'), buttons: [{ label: 'Xem thêm', value: 'more:a' }] });
    expect(mai.received[1]).toMatchObject({ kind: 'buttons', text: 'Đáp' });
    await fake.stop();
  });

  test('are left out altogether when one of them does not fit', () => {
    expect(buttonsOf(asking('a', 'b', 'c', 'd', 'e', 'f'))).toEqual([]);
    expect(buttonsOf(asking('a', 'x'.repeat(300)))).toEqual([]);
    expect(buttonsOf(asking('a', 'b', 'c', 'd', 'e'))).toHaveLength(5);
  });

  test('are not tried out on a danger text; once certain, they call', async () => {
    const { fake, mai, sender } = await sending();
    const danger: Piece = { text: 'Gọi 115', lang: 'vi', cardId: null, buttons: [], layout: { form: 'emergency', lead: 'Gọi 115', steps: [], calls: [{ label: 'Gọi 115', number: '115' }, { label: 'Trạm', number: '0900 000 000' }] } };
    await sender.send(MAI, danger);
    expect(mai.received[0]?.kind).toBe('text');
    await sender.send(MAI, asking('a'));
    await sender.send(MAI, danger);
    expect(JSON.stringify(mai.received[2]?.message)).toContain('"phone_code":"0900000000"');
    await fake.stop();
  });
});

describe('long answers', () => {
  test('any text arrives whole, in parts that Zalo takes', () => {
    fc.assert(fc.property(fc.array(fc.lorem({ maxCount: 30, mode: 'sentences' }), { minLength: 1, maxLength: 12 }), fc.boolean(), (paragraphs, decomposed) => {
      const text = paragraphs.join('\n').replaceAll('o', 'ộ').normalize(decomposed ? 'NFD' : 'NFC');
      const parts = partsOf(plainPiece(text), texts, { numbered: true });
      for (const part of parts) expect(zaloLength(part)).toBeLessThanOrEqual(2000);
      expect(parts.join('').replace(/\s/g, '')).toBe(text.normalize('NFC').replace(/\s/g, ''));
    }), { numRuns: 300 });
  });

  test('end at sentences, and arrive in their order', async () => {
    const { fake, mai, sender } = await sending();
    const piece = plainPiece(Array.from({ length: 60 }, (_, i) => `Câu số ${i} nói về việc rửa tay trước khi ăn và sau khi đi vệ sinh, vì bàn tay mang bệnh.`).join(' '));
    const parts = partsOf(piece, texts, { numbered: true });
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part).toMatch(/[.]$/);
    expect(await sender.send(MAI, piece)).toEqual({ kind: 'sent', platformMessageId: mai.received.at(-1)?.message_id });
    expect(mai.received.map(({ text }) => text)).toEqual(parts);
    await fake.stop();
  });

  test('go on after a failure with the part that failed', async () => {
    const sequence = createSequence();
    const done: number[] = [];
    let broken = true;
    const failure: Failure = { kind: 'unreached', call: 'oa.sendText', acted: 'no', message: 'x', remedy: { kind: 'retry', afterMs: 1, tries: null, tellStaff: false } };
    const steps = [0, 1, 2, 3].map((i) => () => {
      if (i === 2 && broken) return Promise.resolve({ ok: false as const, failure });
      done.push(i);
      return Promise.resolve({ ok: true as const, value: { message_id: `m${i}` } });
    });
    expect(await sequence.run(MAI, 'x', steps)).toMatchObject({ ok: false, failedBefore: 0 });
    expect(await sequence.run(MAI, 'x', steps)).toMatchObject({ ok: false, failedBefore: 1 });
    broken = false;
    expect(await sequence.run(MAI, 'x', steps)).toEqual({ ok: true, messageId: 'm3' });
    expect(done).toEqual([0, 1, 2, 3]);
  });
});

test('a picture goes before the text, is uploaded once, and what cannot be uploaded holds nothing back', async () => {
  const { fake, mai, sender } = await sending();
  const folder = mkdtempSync(join(tmpdir(), 'loa-zalo-'));
  writeFileSync(join(folder, 'a.png'), 'picture');
  const pictureFrom = (path: string): NonNullable<Sendable['image']> => async () => ({ bytes: await readFile(path), filename: 'hinh.png' });
  const piece = (name: string): Sendable => ({ ...plainPiece(`Xem ${name}`), image: pictureFrom(join(folder, name)) });
  await sender.send(MAI, piece('a.png'));
  await sender.send(MAI, { ...piece('a.png'), text: 'Xem lần nữa' });
  await sender.send(MAI, piece('không-có.png'));
  expect(mai.received.map(({ kind }) => kind)).toEqual(['image', 'text', 'image', 'text', 'text']);
  await fake.stop();
});

test('every code of the table comes to an outcome that the outbox can act on', () => {
  const nowMs = Date.parse('2026-11-23T23:00:00+07:00');
  for (const { area, code } of ERROR_TABLE) {
    const { remedy, known, meaning } = remedyFor(area, code, nowMs);
    const failure: Failure = { kind: 'refused', area, call: 'oa.sendText', code, known, message: meaning, remedy };
    const outcome = outcomeOf(failure, nowMs, 0);
    if (outcome.kind === 'later') expect(outcome.notBeforeMs).toBeGreaterThan(nowMs);
  }
  const of = (code: number, before = 0) => outcomeOf({ kind: 'refused', area: 'oa', call: 'oa.sendText', code, known: true, message: 'x', remedy: remedyFor('oa', code, nowMs).remedy }, nowMs, before);
  expect(of(-230)).toEqual({ kind: 'refused', why: 'window-closed' });
  expect(of(-244).kind).toBe('gone');
  expect(of(-213).kind).toBe('gone');
  expect(of(-210).kind).toBe('refused');
  expect(of(-32).kind).toBe('later');
  expect(of(-200).kind).toBe('later');
  expect(of(-200, 1).kind).toBe('refused');
  const morning = of(-234);
  expect(morning.kind === 'later' && morning.notBeforeMs >= Date.parse('2026-11-24T06:00:00+07:00')).toBe(true);
});

test.each([
  { fault: { kind: 'lost_reply' } as const, outcome: 'unknown', arrived: 1 },
  { fault: { kind: 'refuse' } as const, outcome: 'unknown', arrived: 0 },
  { fault: { kind: 'not_json' } as const, outcome: 'unknown', arrived: 1 },
  { fault: { kind: 'status', status: 500 } as const, outcome: 'later', arrived: 0 },
  { fault: { kind: 'code', code: -32 } as const, outcome: 'later', arrived: 0 },
  { fault: { kind: 'code', code: -999 } as const, outcome: 'refused', arrived: 0 },
])('a send that meets $fault is $outcome', async ({ fault, outcome, arrived }) => {
  const { fake, mai, sender } = await sending();
  fake.faults.add('/message/cs', fault);
  expect((await sender.send(MAI, plainPiece('a'))).kind).toBe(outcome);
  expect(mai.received).toHaveLength(arrived);
  await fake.stop();
});

test('a used-up request rate holds for everybody until it is over', async () => {
  const { clock, fake, mai, sender } = await sending();
  fake.faults.add('/message/cs', { kind: 'code', code: -32 });
  await sender.send(MAI, plainPiece('a'));
  expect(await sender.send('2512523625412516', plainPiece('b'))).toMatchObject({ kind: 'later', why: 'throttled' });
  await clock.advance(61_000);
  expect(await sender.send(MAI, plainPiece('a'))).toMatchObject({ kind: 'sent' });
  expect(mai.received).toHaveLength(1);
  await fake.stop();
});
