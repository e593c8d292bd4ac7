import { Writable } from 'node:stream';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { start } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import { startFakeTelegram } from '#test/fakes/telegram/server.ts';
import { chromium as installed, hasChromium } from '#test/machine.ts';
import { freshFolder } from '#test/store/fresh.ts';
import { until } from '../channels/serve.ts';
import { openStation as openTelegram } from '../channels/telegram/station.ts';
import { ask } from '../channels/web/browser.ts';
import { openStation as openZalo, wireOf } from '../channels/zalo/station.ts';

/** One whole conversation in each language: it is offered, taken, asked in, asked back, passed on, in danger, and stopped. */
type Talk = {
  lang: 'jra' | 'bdq';
  /** Written before anything was chosen, in more than five words. */
  opening: string;
  offer: RegExp;
  take: string;
  chosen: RegExp;
  card: string;
  answered: RegExp;
  /** So short that it could mean several cards, and how one of them is offered. */
  vague: string;
  offered: RegExp;
  sessions: string;
  noSession: RegExp;
  child: string;
  due: RegExp;
  unknown: string;
  passed: RegExp;
  danger: string;
  stop: string;
  stopped: RegExp;
  /** How Telegram's menu offers a person. */
  menu: string;
};

const CHAT_42 = '{"type":"chat","chat_id":42}/';

const composed = (pattern: RegExp): RegExp => new RegExp(pattern.source.normalize('NFC'), 's');

const TALKS: Talk[] = [
  {
    lang: 'jra',
    opening: 'kâo kiăng tơña hrơi pơgi ƀơi plơi kâo hơmâo tlâ̆o pơgang mơ̆n hă',
    offer: composed(/mình nói tiếng Jrai không\?.*Ih kiăng kâo pơhiăp tơlơi Jrai/),
    take: 'Nói tiếng Jrai',
    chosen: composed(/Từ giờ mình nói tiếng Jrai.*Mơ̆ng ră anai kâo pơhiăp tơlơi Jrai/),
    card: 'rao tơngan hiư̆m pă',
    answered: composed(/rửa tay bằng xà phòng.*Rơkâo ih rao tơngan.*Bản nháp tiếng Jrai/),
    vague: 'čơđai pơtuk',
    offered: composed(/Bé ho, sổ mũi, sốt có đi tiêm chủng được không\? \(Čơđai pơtuk, duam pơ-iă: dưi nao tlâ̆o mơ̆n hă\?\)/),
    sessions: 'hơbin tlâ̆o pơgang',
    noSession: composed(/Trạm chưa đăng buổi tiêm.*Sang ia jrao să aka ƀu hơmâo hrơi pơkă tlâ̆o pơgang/),
    child: 'ană kâo 2 blan khŏm tlâ̆o hơgĕt',
    due: composed(/Tới lượt bây giờ.*Nai ia jrao khăm hăng pơsit/),
    unknown: 'hơdôm mơnuih ngă hmua amăng plơi pla anai',
    passed: composed(/đã chuyển cho cán bộ trạm.*kâo hơmâo mơ-it kơ nai ia jrao laih/),
    danger: 'ană kâo kơtư̆ drơi jăn',
    stop: 'pơdơi',
    stopped: composed(/Đã dừng\..*Hơmâo pơdơi laih\./),
    menu: 'Tơña nai ia jrao (Gặp cán bộ trạm)'.normalize('NFC'),
  },
  {
    lang: 'bdq',
    opening: 'inh vă jet dơning pơlei inh hăm đei ƀet vắc xin ưh',
    offer: composed(/mình nói tiếng Bahnar không\?.*Ih hăm vă inh pơma nơ̆r Bahnar ưh/),
    take: 'Nói tiếng Bahnar',
    chosen: composed(/Từ giờ mình nói tiếng Bahnar.*Đơ̆ng dang ei inh pơma nơ̆r Bahnar/),
    card: 'ôp ti hăm kiơ',
    answered: composed(/rửa tay bằng xà phòng.*Apinh ih ôp ti.*Bản nháp tiếng Bahnar/),
    vague: 'kon inh hiĕn',
    offered: composed(/Bé ho, sổ mũi, sốt có đi tiêm chủng được không\? \(Kon hiĕn, yuh: hăm gơh năm ƀet ưh\?\)/),
    sessions: 'layơ ƀet bơ̆ng ăn hơioh',
    noSession: composed(/Trạm chưa đăng buổi tiêm.*Hnam pơgang xăh tam đei pơkă năr ƀet/),
    child: 'kon inh 2 khei athei ƀet kiơ',
    due: composed(/Tới lượt bây giờ.*Bản nháp tiếng Bahnar/),
    unknown: 'dôm bơngai jang chư mir lơ̆m pơlei noh đei dôm tơmam drăm',
    passed: composed(/đã chuyển cho cán bộ trạm.*Bản nháp tiếng Bahnar/),
    danger: 'kon inh lôch mol',
    stop: 'pơdơ̆h',
    stopped: composed(/Đã dừng\..*Bản nháp tiếng Bahnar/),
    menu: 'Jet bơngai jang pơgang (Gặp cán bộ trạm)'.normalize('NFC'),
  },
];

/** Waits until what is read says so; otherwise fails with the step and what was read instead. */
async function reads(step: { say: string; reads: RegExp }, seen: () => string | Promise<string>): Promise<void> {
  try {
    await until(async () => step.reads.test((await seen()).normalize('NFC')), 60_000);
  } catch {
    expect.fail(`after "${step.say}" not ${String(step.reads)} but: ${await seen()}`);
  }
}

/** What a resident does, and what must be read after it, in order. `take` presses the offer's first key. */
function steps(talk: Talk): { say: string; reads: RegExp; press?: true }[] {
  return [
    { say: talk.opening, reads: talk.offer },
    { say: talk.take, reads: talk.chosen, press: true },
    { say: talk.card, reads: talk.answered },
    { say: talk.vague, reads: talk.offered },
    { say: talk.sessions, reads: talk.noSession },
    { say: talk.child, reads: talk.due },
    { say: talk.unknown, reads: talk.passed },
    { say: talk.danger, reads: /🆘 ☎ 115.*Nguy hiểm/s },
    { say: talk.stop, reads: talk.stopped },
  ];
}

describe.each(TALKS)('a whole conversation in $lang', (talk) => {
  test.skipIf(!hasChromium())('in the web chat, in a browser', async () => {
    using folder = freshFolder();
    const config = readConfig({ DATA_DIR: folder.path, PORT: '0' });
    if (!config.ok) throw new Error('the test has a wrong environment');
    const started = await start(config.config, { log: createLog('error', new Writable({ write: (_chunk, _encoding, done) => { done(); } })) });
    if (!started.ok) throw new Error(started.say);
    const browser = await chromium.launch(installed());
    try {
      const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce', locale: 'vi-VN' })).newPage();
      await page.goto(started.app.url);
      for (const step of steps(talk)) {
        if (step.press === true) await pressed(page, step.say);
        else await ask(page, step.say);
        await reads(step, () => conversation(page));
      }
      // Nothing in the page is wider than a phone, however long the letters of the hills.
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    } finally {
      await browser.close();
      await started.app.stop();
    }
  });

  test('on Telegram', async () => {
    using folder = freshFolder();
    const fake = await startFakeTelegram();
    const station = await openTelegram({ dataDir: folder.path, apiRoot: fake.root, token: fake.token, mode: 'polling', conversation: 'real' });
    try {
      const person = fake.person(42);
      for (const step of steps(talk)) {
        const before = fake.received(42).length;
        if (step.press === true) person.presses(step.say);
        else person.says(step.say);
        await reads(step, () => fake.received(42).slice(before).map(({ text }) => text).join('\n'));
      }
      // The menu beside the field speaks the language in this chat, and Vietnamese with everybody else.
      await until(() => fake.commands.has(CHAT_42));
      expect(fake.commands.get(CHAT_42)).toContainEqual({ command: 'canbo', description: talk.menu });
      expect(fake.commands.get('{"type":"default"}/')).toContainEqual({ command: 'canbo', description: 'Gặp cán bộ trạm' });
      person.says('tiếng Việt');
      await until(() => !fake.commands.has(CHAT_42));
      // A poster's link has chosen the language too.
      person.starts(talk.lang);
      await until(() => fake.commands.has(CHAT_42));
      expect(station.troubles).toEqual([]);
    } finally {
      await station.stop();
      await fake.stop();
    }
  });

  test('on Zalo', async () => {
    using folder = freshFolder();
    const fake = await startFakeZalo();
    const station = await openZalo({ dataDir: folder.path, zalo: wireOf(fake), seedRefreshToken: fake.oauth.issue().refresh_token, conversation: 'real' });
    expect(await fake.webhook.register(station.webhook)).toBe(true);
    const person = fake.person('2512523625412515');
    try {
      for (const step of steps(talk)) {
        const before = person.received.length;
        // A typed label is a press where the phone shows no keys.
        await person.writes(step.press === true ? step.say.toLowerCase() : step.say);
        await reads(step, () => person.received.slice(before).map(({ text }) => text ?? '').join('\n'));
      }
      expect(station.troubles).toEqual([]);
    } finally {
      await station.stop();
      await fake.stop();
    }
  });
});

async function conversation(page: Page): Promise<string> {
  return page.locator('body').innerText();
}

async function pressed(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: label }).last().click();
}
