import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { start } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import { joined, openStation, setUpCode } from '#test/console/house.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { mondayClock, mondayMs } from '#test/monday.ts';
import { amr, hasFfmpeg, wav } from '#test/voices/sounds.ts';

test('a station with Telegram and Zalo set up answers on both, beside the web', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'loa-platforms-'));
  const [telegram, zalo] = await Promise.all([startFakeTelegram({ nowMs: mondayMs }), startFakeZalo({ clock: mondayClock })]);
  const config = readConfig({
    PORT: '0', DATA_DIR: dataDir,
    TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.root,
    ZALO_APP_ID: zalo.app.appId, ZALO_APP_SECRET: zalo.app.appSecret, ZALO_OA_SECRET_KEY: zalo.app.oaSecretKey, ZALO_REFRESH_TOKEN: zalo.oauth.issue().refresh_token,
    ZALO_API_ROOT: zalo.url, ZALO_OAUTH_ROOT: zalo.url,
  });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  const started = await start(config.config, { clock: mondayMs, log: createLog('silent') });
  if (!started.ok) throw new Error(started.say);
  try {
    expect(await zalo.webhook.register(`${started.app.url}/webhooks/zalo`)).toBe(true);
    const onTelegram = telegram.person(77);
    const onZalo = zalo.person('4711');
    onTelegram.says('nhà hết gạo rồi làm sao');
    await onZalo.follows();
    await onZalo.writes('nhà hết gạo rồi làm sao');
    await expect.poll(() => telegram.received(77).map((message) => message.text).join('\n')).toContain('0900 000 002');
    await expect.poll(() => JSON.stringify(onZalo.received)).toContain('0900 000 002');
    const health: unknown = await (await fetch(`${started.app.url}/healthz`)).json();
    expect(health).toMatchObject({ channels: { 'web': 'up', 'telegram': 'up', 'zalo': 'up', 'zalo-bot': 'off' } });
  } finally {
    await started.app.stop();
    await Promise.all([telegram.stop(), zalo.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a voice from Zalo reaches the desk as sound, and a spoken answer goes back as an address whose echo is its receipt', async () => {
  const zalo = await startFakeZalo();
  const station = await openStation({
    PUBLIC_URL: 'https://tram.example', ZALO_APP_ID: zalo.app.appId, ZALO_APP_SECRET: zalo.app.appSecret, ZALO_OA_SECRET_KEY: zalo.app.oaSecretKey,
    ZALO_REFRESH_TOKEN: zalo.oauth.issue().refresh_token, ZALO_API_ROOT: zalo.url, ZALO_OAUTH_ROOT: zalo.url,
  });
  try {
    expect(await zalo.webhook.register(`${station.url}/webhooks/zalo`)).toBe(true);
    const lan = await joined(station, 'hlan');
    await setUpCode(lan);
    const mai = zalo.person('4711');
    await mai.sendsVoice(zalo.keeps(amr(2), 'audio/amr'));
    await expect.poll(() => mai.received.map(({ text }) => text).join('\n')).toContain('chuyển');
    const ticket = (await lan.get('/staff/ticket/1')).text;
    const sound = /\/staff\/ticket\/1\/voice\/\d+/u.exec(ticket)?.[0] ?? '';
    // Zalo's address holds no secret, but what a browser fetches must be the station's own.
    expect(ticket).not.toContain(zalo.url);
    const heard = await fetch(`${station.url}${sound}`, { headers: { cookie: lan.cookie() } });
    expect(heard.status).toBe(200);
    expect(heard.headers.get('content-type')).toBe(hasFfmpeg() ? 'audio/mpeg' : 'audio/amr');
    expect((await heard.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    expect((await fetch(`${station.url}${sound}`, { redirect: 'manual' })).status).not.toBe(200);

    // The answer's confirmation is lost on the way; Zalo's echo, which has the line with the address, says that it arrived.
    zalo.faults.add('/message/cs', { kind: 'lost_reply' });
    const { csrf, version } = await lan.seen(1);
    const form = new FormData();
    for (const [name, value] of Object.entries({ csrf, version, text: 'Chị nghe em nói nhé' })) form.set(name, value);
    form.set('voice', new File([wav(1)], 'loi.wav', { type: 'audio/wav' }));
    const posted = await fetch(`${station.url}/staff/ticket/1/voice`, { method: 'POST', body: form, redirect: 'manual', headers: { 'cookie': lan.cookie(), 'sec-fetch-site': 'same-origin' } });
    expect(posted.status).toBe(303);
    await expect.poll(() => mai.received.map(({ text }) => text).join('\n')).toMatch(/https:\/\/tram\.example\/nghe\/[\w-]{8,}/u);
    await expect.poll(async () => new Set((await station.store.read(({ db }) => db.selectFrom('outbox').select('state').where('kind', '=', 'staff-answer').execute())).map(({ state }) => state))).toEqual(new Set(['sent']));
    expect(mai.received.filter(({ text }) => text?.includes('/nghe/'))).toHaveLength(1);
  } finally {
    await station.stop();
    await zalo.stop();
  }
});

test('an answer that a slow disk holds up is announced as being typed, and once it is handed over no more', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'loa-typing-'));
  const telegram = await startFakeTelegram({ nowMs: mondayMs });
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.root });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  const started = await start(config.config, { clock: mondayMs, log: createLog('silent'), commitDelayMs: 900 });
  if (!started.ok) throw new Error(started.say);
  try {
    telegram.person(77).says('nhà hết gạo rồi làm sao');
    await expect.poll(() => telegram.received(77).length).toBeGreaterThan(0);
    await expect.poll(() => telegram.actions).toContainEqual({ chatId: 77, action: 'typing' });
    // What had been asked of the platform before the answer was handed over may still be on its way.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const shown = telegram.actions.length;
    const answers = telegram.received(77).length;
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect(telegram.actions).toHaveLength(shown);
    expect(telegram.received(77)).toHaveLength(answers);
  } finally {
    await started.app.stop();
    await telegram.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
