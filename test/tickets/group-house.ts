import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Domain } from '#bot/store/tables/staff.ts';
import { joined, openStation, type Client, type Station } from '#test/console/house.ts';
import { startFakeTelegram, type FakeTelegram } from '#test/fakes/telegram/server.ts';
import { mondayMs } from '#test/monday.ts';

/** The staff's Telegram group, with the whole program against a Telegram of this machine. */

export const GROUP = -100777;
export const PATIENCE = { interval: 50 };
/** What the base has nothing on. */
export const QUESTION = 'thuốc của mế hết rồi';

export async function openGroup(options: { forum?: boolean; full?: boolean; env?: Record<string, string> } = {}) {
  const fake = await startFakeTelegram({ nowMs: mondayMs });
  onTestFinished(() => fake.stop());
  const group = fake.group(GROUP, { title: 'Trạm', forum: options.forum ?? false, admin: options.forum ?? false });
  const place = await placeFolder(options.full === false ? 'notify' : 'full');
  const station = await openStation({ TELEGRAM_BOT_TOKEN: fake.token, TELEGRAM_API_ROOT: fake.root, TELEGRAM_STAFF_CHAT_ID: String(GROUP), PLACE: place.dir, ...options.env }, mondayMs);
  onTestFinished(() => station.stop());
  onTestFinished(place.remove);
  const resident = fake.person(501);
  return { fake, group, station, resident };
}

/** Somebody of the station with an account and, in Telegram, a phone on which they showed their code. */
export async function linked(it: { fake: FakeTelegram; station: Station }, name: string, userId: number, domains?: Domain[]): Promise<{ console: Client; phone: ReturnType<FakeTelegram['person']> }> {
  const console = await joined(it.station, name, 'answerer', domains);
  const phone = it.fake.person(userId);
  const csrf = /name="csrf" value="([^"]+)"/u.exec((await console.get('/staff/account')).text)?.[1] ?? '';
  const shown = await console.post('/staff/account/link', { csrf });
  phone.says(/\/noi \d{8}/u.exec(shown.text)?.[0] ?? '');
  await expect.poll(() => textsIn(it.fake, userId), PATIENCE).toEqual([`Đã nối với ${name}. Từ giờ máy báo cho anh chị ở đây khi trực.`]);
  return { console, phone };
}

export function textsIn(fake: FakeTelegram, chatId: number): string[] {
  return fake.received(chatId).filter((each) => each.kind === 'text').map((each) => each.text);
}

/** The latest card in the group, once it is there. */
export async function cardIn(fake: FakeTelegram) {
  const find = () => fake.received(GROUP).findLast((each) => /^#\d+ /u.test(each.text));
  await expect.poll(() => find() !== undefined, PATIENCE).toBe(true);
  const card = find();
  if (card === undefined) throw new Error('no card');
  return card;
}

/** The sample place with another choice of what the group reads. */
async function placeFolder(staffGroup: 'notify' | 'full'): Promise<{ dir: string; remove: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), 'loa-place-'));
  const place = z.record(z.string(), z.unknown()).parse(load(await readFile('knowledge/places/mau/place.yaml', 'utf8')));
  writeFileSync(join(dir, 'place.yaml'), dump({ ...place, staffGroup }));
  return { dir, remove: () => { rmSync(dir, { recursive: true, force: true }); } };
}
