import { expect, test } from 'vitest';
import type { Lang } from '#knowledge/lang.ts';
import { addressOfRecording, type Recording } from '#bot/store/recordings.ts';
import { hashOf } from '#knowledge/translation.ts';
import { createTexts } from '#locales/texts.ts';
import { card, talk } from './world.ts';

/** Hearing instead of reading, on every channel alike. */

function recording(subject: string, reads: string, more: { lang?: Lang; state?: Recording['state']; millis?: number } = {}): Recording {
  const lang = more.lang ?? 'vi';
  return { id: 1, address: addressOfRecording(subject, lang), subject, lang, renders: hashOf(reads), state: more.state ?? 'approved', speaker: 'H’Lan', dialect: 'Pleiku', madeMs: 0, millis: more.millis ?? 12_300, digest: 'd', noteType: 'audio/ogg', hasPlain: true };
}

const free = card('epi.free', 'Không mất tiền. Mang sổ tiêm theo.');
const reads = `${free.question}\n${free.answer}`;
const asked = { 'tiêm mất tiền không': { outcome: 'answer', cardId: 'epi.free' } } as const;

test('an answer of which a recording exists offers it first, with its length', async () => {
  const talking = await talk(asked, [free], [], [], [recording('card:epi.free', reads)]);
  const [reply] = talking.say('tiêm mất tiền không').replies;
  expect(reply?.buttons[0]).toEqual({ label: 'Đọc cho tôi nghe (12 giây)', value: `listen:${addressOfRecording('card:epi.free', 'vi')}` });
  expect(reply).not.toHaveProperty('aloud');
});

test.each(['Đọc cho tôi nghe', 'doc cho toi nghe', 'tôi không biết chữ', '1'])('"%s" brings it', async (words) => {
  const talking = await talk(asked, [free], [], [], [recording('card:epi.free', reads)]);
  talking.say('tiêm mất tiền không');
  const [reply] = talking.say(words).replies;
  expect(reply?.voice).toEqual({ id: addressOfRecording('card:epi.free', 'vi'), lang: 'vi', seconds: 12 });
  expect(reply?.text).toContain(free.question);
});

test('a draft is not heard, nor a recording whose Vietnamese has changed; then a plain word and a number are said', async () => {
  for (const unheard of [recording('card:epi.free', reads, { state: 'draft' }), recording('card:epi.free', 'lời cũ')]) {
    const talking = await talk(asked, [free], [], [], [unheard]);
    expect(talking.say('tiêm mất tiền không').replies[0]?.buttons.some(({ value }) => value.startsWith('listen:'))).toBe(false);
    const [reply] = talking.say('đọc cho tôi nghe').replies;
    expect(reply?.voice).toBeUndefined();
    expect(reply?.text).toMatch(/chưa có giọng đọc.*\d{4}/u);
  }
});

test('who speaks Jrai hears Jrai where it exists, otherwise Vietnamese', async () => {
  const both = [recording('card:epi.free', reads), recording('card:epi.free', reads, { lang: 'jra' })];
  const talking = await talk(asked, [free], [], [], both);
  talking.press('lang:jra');
  expect(talking.say('tiêm mất tiền không').replies[0]?.buttons[0]?.value).toBe(`listen:${addressOfRecording('card:epi.free', 'jra')}`);
  const onlyVietnamese = await talk(asked, [free], [], [], both.slice(0, 1));
  onlyVietnamese.press('lang:jra');
  expect(onlyVietnamese.say('tiêm mất tiền không').replies[0]?.buttons[0]?.value).toBe(`listen:${addressOfRecording('card:epi.free', 'vi')}`);
});

test('a danger text brings its voice unasked, whatever the language of its words', async () => {
  const texts = await createTexts();
  const plain = await talk({ 'co giật': { outcome: 'emergency', danger: 'medical', sign: 'co-giat' } }, []);
  const [silent] = plain.say('co giật').replies;
  expect(silent?.voice).toBeUndefined();
  const heard = await talk({ 'co giật': { outcome: 'emergency', danger: 'medical', sign: 'co-giat' } }, [], [], [], [recording('danger:medical', silent?.text ?? '', { lang: 'jra' })]);
  heard.press('lang:jra');
  const [reply] = heard.say('co giật').replies;
  expect(reply?.voice).toMatchObject({ id: addressOfRecording('danger:medical', 'jra'), lang: 'jra' });
  expect(reply?.text).toContain(texts.say('vi', 'chat:emergency.lead'));
  expect(reply?.text).toContain('115');
});

test('a text without values can be heard; the key joins what a number means', async () => {
  const texts = await createTexts();
  const talking = await talk({ 'lạ quá': { outcome: 'escalate' } }, [], [], [], [recording('chat:passed.lead', texts.say('vi', 'chat:passed.lead'))]);
  const [reply] = talking.say('lạ quá').replies;
  expect(reply?.buttons.map(({ value }) => value)).toEqual([`listen:${addressOfRecording('chat:passed.lead', 'vi')}`]);
  expect(talking.say('1').replies[0]?.voice).toBeDefined();
});
