import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from '#bot/config.ts';
import { campaignById, changeCampaign } from '#bot/store/campaigns.ts';
import { addMissed } from '#bot/store/missed-rounds.ts';
import { verb } from '#bot/verbs/campaign.ts';
import { addDays, dayOf, epochOf } from '#knowledge/day.ts';
import { createTexts } from '#locales/texts.ts';
import { asks, joined, openStation, type Client, type Station } from '#test/console/house.ts';
import { png } from './pictures.ts';

/** A running station, the terminal beside it and the console over it. */

/** Ten in the evening: what has begun waits for the morning, however slow or fast the machine is. */
const EVENING = epochOf(addDays(dayOf(Date.now()), 1), 22);
let nowMs = Date.now();
let house: Station;
let caster: Client;
let csrf: string;
const texts = await createTexts();

beforeAll(async () => {
  house = await openStation({}, () => nowMs);
  // They agreed before the evening: the terminal has no clock that could be moved.
  for (let n = 0; n < 3; n += 1) await asks(house.url, 'đăng ký nhận tin');
  nowMs = EVENING;
  caster = await joined(house, 'Phat', 'broadcaster');
  csrf = /name="csrf" value="([^"]+)"/u.exec((await caster.get('/staff/campaigns/new')).text)?.[1] ?? '';
});
afterAll(() => house.stop());

async function run(args: string[], input = ''): Promise<{ code: number; said: string; fault: string }> {
  const read = readConfig({ DATA_DIR: house.dataDir, LOG_LEVEL: 'silent' });
  if (!read.ok) throw new Error(read.faults.map((fault) => fault.name).join());
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await verb.run(args, { config: read.config, texts, out, err, input: Readable.from([input]) });
  return { code, said: String(out.read() ?? ''), fault: String(err.read() ?? '') };
}

/** What the verb prints for a machine. */
async function json<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> {
  const { code, said, fault } = await run([...args, '--json']);
  expect({ code, fault }).toEqual({ code: 0, fault: '' });
  return schema.parse(JSON.parse(said));
}

const count = z.int().min(0);
/** As `INTERFACES` has it. */
const statusSchema = z.strictObject({ state: z.string(), audience: count, queued: count, sending: count, sent: count, failed: count, unknown: count, unreachable: count });

async function draft(...more: string[]): Promise<string> {
  const file = join(house.dataDir, 'tin.txt');
  writeFileSync(file, 'Mai trạm phát thuốc giun.\nHỏi trạm.\n');
  return String((await json(z.strictObject({ id: z.int() }), 'create', '--text-file', file, ...more)).id);
}

test('what the terminal pauses the console can go on with, and the other way round, while the station runs', async () => {
  const id = await draft('--kind', 'disease');
  expect(await json(z.object({ audience: count, notUsed: z.array(z.object({ way: z.string(), people: count })), channels: z.array(z.object({ channel: z.string() })) }), 'plan', id)).toEqual({
    audience: 3, notUsed: [{ way: 'zalo-article', people: 0 }, { way: 'zalo-phone', people: 0 }], channels: [{ channel: 'web' }],
  });
  expect(await run(['start', id])).toMatchObject({ code: 2, said: '' });
  expect(await json(statusSchema, 'start', id, '--yes')).toMatchObject({ state: 'running', audience: 3, queued: 3 });

  const press = async (deed: string): Promise<number> => (await caster.post(`/staff/campaign/${id}`, { csrf, do: deed })).status;
  const page = async (): Promise<string> => (await caster.get(`/staff/campaign/${id}`)).text;
  expect(await json(statusSchema, 'pause', id)).toMatchObject({ state: 'paused', audience: 3, queued: 3 });
  expect(await page()).toMatch(/value="resume"/u);
  expect(await press('resume')).toBe(303);
  expect(await json(statusSchema, 'status', id)).toMatchObject({ state: 'running', queued: 3 });
  expect(await press('pause')).toBe(303);
  expect(await json(statusSchema, 'status', id)).toMatchObject({ state: 'paused', queued: 3 });
  expect(await json(statusSchema, 'resume', id)).toMatchObject({ state: 'running', queued: 3 });
  expect(await page()).toMatch(/value="pause"/u);

  nowMs = EVENING + 12 * 3_600_000;
  await expect.poll(() => json(statusSchema, 'status', id)).toMatchObject({ state: 'done', audience: 3, sent: 3 });
  expect(await json(z.object({ audience: count, boxes: z.object({ delivered: count }) }), 'reach', id)).toEqual({ audience: 3, boxes: { delivered: 3 } });
  expect((await run(['reach', id, '--csv'])).said).toMatch(/Cộng,3,3/u);
  expect(await json(statusSchema, 'retry', id)).toMatchObject({ sent: 3 });
  expect(await json(statusSchema, 'retry', id, '--failed')).toMatchObject({ sent: 3 });
  await expect.poll(() => json(z.array(z.object({ id: z.int(), state: z.string() })), 'list')).toContainEqual({ id: Number(id), state: 'done' });
  expect(await run(['pause', id])).toMatchObject({ code: 1, said: '' });
  nowMs = EVENING + 24 * 3_600_000;
});

test('one that is set for a moment is paused, goes on and is stopped before it begins', async () => {
  const id = await draft('--at', new Date(EVENING + 30 * 86_400_000).toISOString());
  expect(await json(statusSchema, 'start', id, '--yes')).toMatchObject({ state: 'scheduled', audience: 0 });
  expect(await json(statusSchema, 'pause', id)).toMatchObject({ state: 'paused' });
  expect(await json(statusSchema, 'resume', id)).toMatchObject({ state: 'scheduled' });
  expect(await json(statusSchema, 'stop', id)).toMatchObject({ state: 'stopped' });
  expect(await run(['resume', id, '--json'])).toMatchObject({ code: 1, said: '' });
});

test('rounds that were missed are told at the terminal, made up by one that goes, or left', async () => {
  const id = await draft('--peak', '2026-11-23..2026-11-24T08:00');
  expect(await run(['missed', id])).toMatchObject({ code: 0, said: expect.stringContaining('không có lần gửi nào bị lỡ') as unknown });
  const moments = [epochOf('2026-11-23', 8), epochOf('2026-11-24', 8)];
  await house.store.write(async (tx) => {
    await changeCampaign(tx, Number(id), { state: 'done' });
    await addMissed(tx, Number(id), moments);
  });
  expect(await json(z.strictObject({ missed: z.array(count) }), 'missed', id)).toEqual({ missed: moments });
  expect((await run(['status', id])).said).toMatch(/Lỡ lần gửi lúc 8:00.*campaign missed \d+ --send/su);
  expect(await run(['missed', id, '--send', '--leave'])).toMatchObject({ code: 2, said: '' });
  expect(await json(statusSchema, 'missed', id, '--send')).toMatchObject({ audience: 3 });
  expect(await json(z.strictObject({ missed: z.array(count) }), 'missed', id)).toEqual({ missed: [] });
  await json(statusSchema, 'missed', id, '--leave');
  expect(await run(['missed', '999999'])).toMatchObject({ code: 1, said: '' });
});

test('a card stands under it as a key, and it ends with the card; one that is not shown is refused', async () => {
  const id = await draft('--card', '5k.mask');
  const it = await house.store.read((tx) => campaignById(tx, Number(id)));
  expect(it?.content.cardId).toBe('5k.mask');
  expect(it?.expiresMs ?? 0).toBeGreaterThan(Date.now());
  expect((await run(['plan', id])).said).toContain('[Xem thêm]');
  expect(await run(['create', '--text-file', '-', '--card', 'khong.co'], 'Tin.')).toMatchObject({ code: 2, fault: expect.stringContaining('khong.co') as unknown });
});

test('a picture and a voice are put to a draft and taken away; the head’s numbers are set and read', async () => {
  const id = await draft();
  const file = join(house.dataDir, 'hinh.png');
  writeFileSync(file, png(20, 20));
  const alts = z.object({ previews: z.array(z.object({ pieces: z.array(z.object({ picture: z.object({ alt: z.string() }).optional() })) })) });
  expect((await json(alts, 'picture', id, '--file', file, '--alt', 'Cô y tá')).previews[0]?.pieces[0]?.picture).toEqual({ alt: 'Cô y tá' });
  expect((await json(alts, 'picture', id, '--none')).previews[0]?.pieces[0]?.picture).toBeUndefined();
  expect(await run(['voice', id, '--lang', 'jra', '--file', file, '--by', 'Nay'])).toMatchObject({ code: 1, said: '' });
  await json(alts, 'voice', id, '--lang', 'jra', '--none');
  const settings = z.strictObject({ confirmAbove: count.nullable(), zaloPaidPerMonth: count, zaloTemplatesPerMonth: count });
  expect(await json(settings, 'settings', '--confirm-above', '500', '--zalo-paid', '1000')).toEqual({ confirmAbove: 500, zaloPaidPerMonth: 1000, zaloTemplatesPerMonth: 0 });
  expect(await json(settings, 'settings', '--confirm-above', 'none')).toEqual({ confirmAbove: null, zaloPaidPerMonth: 1000, zaloTemplatesPerMonth: 0 });
  for (const wrong of [['plan'], ['plan', 'x'], ['list', '1'], ['settings', '--zalo-paid', 'nhiều'], ['create'], ['create', '--text-file', '-', '--kind', 'khác'], ['pause', id, '--lạ']]) expect(await run(wrong, 'Tin.')).toMatchObject({ code: 2, said: '' });
  expect(await run(['status', '999999', '--json'])).toMatchObject({ code: 1, said: '' });
});
