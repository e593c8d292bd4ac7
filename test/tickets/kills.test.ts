import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { start } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import { asks } from '#test/console/house.ts';
import { live } from '#test/console/lives.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';

const GROUP = -100778;
const KILLS = 5;

test('killed between deciding whom to tell and telling them, again and again, the program loses no alarm, and no resident reads that staff know before they do', { timeout: 400_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'loa-teller-kills-'));
  const fake = await startFakeTelegram();
  fake.group(GROUP, { title: 'Trạm' });
  const env = { TELEGRAM_BOT_TOKEN: fake.token, TELEGRAM_API_ROOT: fake.root, TELEGRAM_STAFF_CHAT_ID: String(GROUP) };
  const told = (ticket: number): boolean => fake.received(GROUP).some(({ text }) => text.startsWith(`#${ticket} `));
  try {
    const residents: string[] = [];
    for (let n = 1; n <= KILLS; n += 1) {
      const life = await live(dataDir, { first: true, env });
      try {
        residents.push((await asks(life.url, 'con tôi đang co giật, tím tái')).cookie);
        // Some die before anybody is told, some while the message is on its way, some after.
        await sleep((n - 1) * 25);
      } finally {
        life.child.kill('SIGKILL');
        await life.ended;
      }
    }

    // A last life some minutes on, when what the dead had claimed is free again.
    const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...env });
    if (!config.ok) throw new Error('no settings');
    const last = await start(config.config, { clock: () => Date.now() + 150_000, log: createLog('silent') });
    if (!last.ok) throw new Error(last.say);
    try {
      const all = Array.from({ length: KILLS }, (_, n) => n + 1);
      await expect.poll(() => all.filter((ticket) => !told(ticket)), { timeout: 150_000, interval: 200 }).toEqual([]);
      // Told twice is a nuisance that a kill may cause; it is not what happens otherwise.
      const cards = fake.received(GROUP).filter(({ text }) => /^#\d+ /u.test(text));
      expect(cards.length).toBeLessThan(KILLS * 2);
      for (const cookie of residents) {
        await expect.poll(async () => (await (await fetch(last.app.url, { headers: { cookie } })).text()).includes('Đã báo cho cán bộ trạm lúc'), { timeout: 150_000, interval: 500 }).toBe(true);
      }
    } finally {
      await last.app.stop();
    }
  } finally {
    await fake.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
