import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InboundContent, Piece } from '#bot/channels/channel.ts';
import { sayFacts } from '#bot/conversation/assemble.ts';
import { inBoth } from '#bot/conversation/beside.ts';
import { createConverse } from '#bot/conversation/converse.ts';
import { VIETNAMESE_ONLY, type Knowledge } from '#bot/conversation/knowledge.ts';
import type { Effect, ResidentView, Turn } from '#bot/conversation/turn.ts';
import { loadReckoning } from '#bot/vaccination/desk.ts';
import type { Identification } from '#knowledge/identify/identify.ts';
import { loadPlace } from '#knowledge/place.ts';
import type { Standing, Translation } from '#knowledge/translation.ts';
import { letterCount } from '#knowledge/letters.ts';
import { LABEL_LETTERS } from '#locales/exchange.ts';
import { createTexts, type TextKey } from '#locales/texts.ts';
import { card, SUNDAY_MS } from './world.ts';

const texts = await createTexts();
const place = await loadPlace('knowledge/places/mau');
if (!place.ok) throw new Error('the sample place does not load');
const mau = place.place;
const reckoning = await loadReckoning(mau);
const cards = [card('epi.free'), card('epi.late')];

const translation: Translation = { id: 'epi.free', lang: 'jra', status: { status: 'draft', of: '0123456789abcdef' }, question: 'Tlâ̆o pơgang ƀu mă prăk ôh?', variants: [], answer: 'Ƀu mă prăk ôh. Iâu sang ia jrao {{station.phone}}.', more: null, clinical: null };

type World = { content?: InboundContent; stationAnswer?: string; standing?: Standing; showDrafts?: boolean; found?: Partial<Identification>; languages?: ResidentView['languagesAsked']; outcome?: 'answer' | 'clarify' | 'escalate' | 'emergency' };

/** One turn of a resident who chose `lang`, at a station whose judge decides as told. */
function turn(lang: ResidentView['lang'], text: string, world: World = {}): Turn {
  const { standing = 'draft', showDrafts = true, outcome = 'answer', stationAnswer } = world;
  const judged = { lang: 'vi' as const, score: 1, reasons: ['test'] };
  const knowledge: Knowledge = {
    ...VIETNAMESE_ONLY,
    judge: () => {
      if (outcome === 'answer') return { ...judged, outcome, cardId: 'epi.free' };
      if (outcome === 'clarify') return { ...judged, outcome, options: ['epi.free', 'epi.late'] };
      return outcome === 'escalate' ? { ...judged, outcome } : { ...judged, outcome, danger: 'medical', sign: 'seizure' };
    },
    card: (id) => cards.find((known) => known.id === id),
    translation: (id, to) => (id === 'epi.free' && to === 'jra' && standing !== 'missing' ? { text: translation, standing } : undefined),
    identify: () => ({ lang: 'vi', near: null, margin: 0, runnerUp: null, words: 1, ...world.found }),
  };
  const own = { ...mau, showDrafts };
  const converse = createConverse({ knowledge: () => knowledge, place: own, facts: sayFacts(own, texts), texts, pins: () => [], ...(stationAnswer === undefined ? {} : { stationAnswer: () => ({ answer: stationAnswer, name: 'Y Nhi', title: 'Y sĩ', atMs: SUNDAY_MS }) }), vaccination: { ...reckoning, sessions: () => [], calendarUrl: () => null } });
  return converse({ content: world.content ?? { kind: 'text', text, forwarded: false }, atMs: SUNDAY_MS }, { lang, villageId: null, greeted: true, consents: [], answered: [], context: null, ...(world.languages === undefined ? {} : { languagesAsked: world.languages }) });
}

const textOf = (made: Turn) => made.replies.map((reply) => reply.text).join('\n---\n');
const asked = (made: Turn) => made.effects.filter((effect): effect is Extract<Effect, { kind: 'language-asked' }> => effect.kind === 'language-asked');
const NOTICE = 'Bản nháp tiếng Jrai, chưa có người nói tiếng này kiểm tra.';

describe('a card for a resident who chose Jrai', () => {
  test('stands below the Vietnamese while it is a draft, and says that no speaker has checked it', () => {
    const [reply] = turn('jra', 'q').replies;
    expect(reply?.lang).toBe('vi');
    const text = reply?.text ?? '';
    expect(text.indexOf('Không mất tiền.')).toBe(0);
    expect(text.indexOf('Ƀu mă prăk ôh.'.normalize('NFC'))).toBeGreaterThan(text.indexOf('Nguồn:'));
    expect(text).toContain('Iâu sang ia jrao 0900 000 000.');
    expect(text.endsWith(`(${NOTICE})\n(Mơnuih Jrai aka ƀu ĕp lăng tơlơi Jrai anai ôh.)`.normalize('NFC'))).toBe(true);
    expect(reply?.layout).toMatchObject({ form: 'answer', lead: 'Không mất tiền.' });
    expect(reply?.buttons.map(({ label }) => label)).toContain('Ƀu djơ̆ ôh (Chưa đúng ý)'.normalize('NFC'));
  });

  test('is treated as a draft once the Vietnamese has changed', () => {
    expect(textOf(turn('jra', 'q', { standing: 'stale' }))).toContain(NOTICE);
  });

  test('stands alone once a speaker approved it, with a key to the Vietnamese', () => {
    const [reply] = turn('jra', 'q', { standing: 'approved' }).replies;
    expect(reply?.lang).toBe('jra');
    expect(reply?.text.startsWith('Ƀu mă prăk ôh.'.normalize('NFC'))).toBe(true);
    expect(reply?.text).not.toContain('Không mất tiền.');
    expect(reply?.buttons).toContainEqual({ label: 'Xem tiếng Việt', value: 'vi:epi.free' });
  });

  test('that nobody wrote is said to be missing, in the language, with the Vietnamese and a person', () => {
    const [reply] = turn('jra', 'q', { standing: 'missing' }).replies;
    expect(reply?.text).toContain('Không mất tiền.');
    expect(reply?.text).toContain('Câu này chưa có tiếng Jrai.');
    expect(reply?.text).toContain('Tơlơi anai aka ƀu hơmâo tơlơi Jrai ôh.'.normalize('NFC'));
    expect(reply?.buttons.map(({ value }) => value)).toContain('human');
  });

  test('no draft is shown where the place shows none; the Vietnamese says that the language is missing', () => {
    const text = textOf(turn('jra', 'q', { showDrafts: false }));
    expect(text).not.toContain('ƀu'.normalize('NFC'));
    expect(text).toContain('Câu này chưa có tiếng Jrai.');
  });

  test('a Vietnamese reader sees nothing of it', () => {
    expect(textOf(turn('vi', 'q', { standing: 'approved' }))).not.toContain('prăk');
  });
});

describe('whatever is said to a resident who chose Jrai or Bahnar', () => {
  test.each(['jra', 'bdq'] as const)('%s: passed to staff, and choices, stand beside the Vietnamese', (lang) => {
    const name = texts.say('vi', `chat:languageName.${lang}`);
    for (const outcome of ['escalate', 'clarify'] as const) expect(textOf(turn(lang, 'q', { outcome }))).toContain(`(Bản nháp ${name}, chưa có người nói tiếng này kiểm tra.)`);
  });

  test('choices keep their numbers, and both halves of a label choose', () => {
    const made = turn('jra', 'q', { outcome: 'clarify' });
    const [reply] = made.replies;
    const context = made.effects.find((effect) => effect.kind === 'context');
    expect(reply?.text).toMatch(/\n1\. .*\n2\. .*\n3\. /);
    expect(context?.kind === 'context' ? context.context?.choices?.map(({ label }) => label) : []).toEqual(reply?.buttons.map(({ label }) => label));
  });

  test('"did you mean" names each card in the language beside the Vietnamese, which comes first where a channel would cut the label', () => {
    const [reply] = turn('jra', 'q', { outcome: 'clarify' }).replies;
    const both = 'Câu hỏi của thẻ epi.free? (Tlâ̆o pơgang ƀu mă prăk ôh?)'.normalize('NFC');
    expect(reply?.buttons[0]?.label).toBe(both);
    expect(reply?.text.split('\n')).toContain(`1. ${both}`);
    expect(reply?.buttons[1]?.label).toBe('Câu hỏi của thẻ epi.late?');
  });

  test('a label begins with the draft only where every channel shows both', () => {
    fc.assert(fc.property(fc.constantFrom('jra' as const, 'bdq' as const), fc.constantFrom('answer' as const, 'clarify' as const, 'escalate' as const), (lang, outcome) => {
      const vietnamese = turn('vi', 'q', { outcome }).replies.map(({ buttons }) => buttons.map(({ label }) => label));
      turn(lang, 'q', { outcome }).replies.forEach((reply, i) => {
        reply.buttons.forEach(({ label }, at) => {
          if (letterCount(label) > LABEL_LETTERS) expect(label.startsWith(`${vietnamese[i]?.[at] ?? ''} (`)).toBe(true);
        });
      });
    }));
  });

  test('danger is Vietnamese with signs and number first, and nothing of a draft', () => {
    const made = turn('bdq', 'q', { outcome: 'emergency' });
    expect(textOf(made).split('\n').slice(0, 3)).toEqual(['🆘 ☎ 115', 'Nguy hiểm. Gọi 115 hoặc trạm ngay.', 'Gọi 115']);
    expect(textOf(made)).not.toContain('Bản nháp');
    expect(made.replies[0]?.lang).toBe('vi');
  });
});

describe('somebody who writes another language of the place', () => {
  const jrai: Partial<Identification> = { lang: 'jra', margin: 9, words: 8 };

  test('gets the answer first, then is asked; nothing is switched', () => {
    const made = turn('vi', 'tơlơi', { found: jrai });
    expect(made.replies.map((reply) => reply.cardId)).toEqual(['epi.free', null]);
    expect(made.replies[1]?.text).toContain('Bà con muốn mình nói tiếng Jrai không?');
    expect(made.replies[1]?.text).toContain('Ih kiăng kâo pơhiăp tơlơi Jrai mơ̆n hă?'.normalize('NFC'));
    expect(made.replies[1]?.buttons.map(({ value }) => value)).toEqual(['lang:jra', 'stay:jra']);
    expect(made.effects.some((effect) => effect.kind === 'language')).toBe(false);
    expect(asked(made)).toEqual([{ kind: 'language-asked', lang: 'jra', times: 1 }]);
  });

  test('under five words is asked once and no more; a longer message twice at most; after a no never', () => {
    const short = { ...jrai, words: 3 };
    expect(asked(turn('vi', 'q', { found: short }))).toHaveLength(1);
    expect(asked(turn('vi', 'q', { found: short, languages: { jra: 1 } }))).toHaveLength(0);
    expect(asked(turn('vi', 'q', { found: jrai, languages: { jra: 1 } }))).toHaveLength(1);
    expect(asked(turn('vi', 'q', { found: jrai, languages: { jra: 2 } }))).toHaveLength(0);
    expect(asked(turn('vi', 'q', { found: jrai, languages: { jra: 99 } }))).toHaveLength(0);
  });

  test('is not asked in danger, in doubt, about a language the place does not speak, or about one already spoken', () => {
    expect(asked(turn('vi', 'q', { found: jrai, outcome: 'emergency' }))).toHaveLength(0);
    expect(asked(turn('vi', 'q', { found: { ...jrai, margin: 1 } }))).toHaveLength(0);
    expect(asked(turn('vi', 'q', { found: { ...jrai, lang: 'en' } }))).toHaveLength(0);
    expect(asked(turn('jra', 'q', { found: jrai }))).toHaveLength(0);
  });
});

describe('what has no text in the language', () => {
  const missing = { jra: 'Hơmâo tơlơi aka ƀu hơmâo tơlơi Jrai ôh.', bdq: "Đei tơdrong tam đei nơ̆r Bahnar." };
  const silent: World = { content: { kind: 'button', value: 'remember:no' } };

  test.each(['jra', 'bdq'] as const)('%s: is said in the language, once, under the Vietnamese and with a person to press for', (lang) => {
    const made = turn(lang, '', silent);
    const [reply] = made.replies;
    expect(reply?.text.startsWith('Mình không nhớ làng')).toBe(true);
    expect(reply?.text.split(missing[lang].normalize('NFC'))).toHaveLength(2);
    expect(reply?.text.split('\n').at(-2)?.endsWith('chưa có người nói tiếng này kiểm tra.)')).toBe(true);
    expect(reply?.buttons.map(({ value }) => value)).toEqual(['human']);
    const context = made.effects.find((effect) => effect.kind === 'context');
    expect(context?.kind === 'context' ? context.context?.choices : null).toEqual(reply?.buttons);
  });

  test('a purpose keeps its Vietnamese name inside a drafted line', () => {
    expect(textOf(turn('jra', '', { content: { kind: 'button', value: 'refuse:general' } }))).toContain('Sang ia jrao să ƀu mơ-it tin chung của trạm kơ ih dong tah.'.normalize('NFC'));
  });

  test("the station's own words in Vietnamese are no silence either", () => {
    const text = textOf(turn('jra', 'q', { outcome: 'escalate', stationAnswer: 'Có, trạm còn thuốc.' }));
    expect(text).toContain('Có, trạm còn thuốc.');
    expect(text).toContain(missing.jra.normalize('NFC'));
  });

  test('a card that nobody wrote says so for the whole turn', () => {
    expect(textOf(turn('jra', 'q', { standing: 'missing' }))).not.toContain(missing.jra.normalize('NFC'));
  });

  test('where all is drafted, where drafts are not shown, and in danger, nothing is called missing', () => {
    for (const world of [{ outcome: 'escalate' }, { outcome: 'emergency' }, { ...silent, showDrafts: false }] as const) expect(textOf(turn('jra', 'q', world))).not.toContain(missing.jra.normalize('NFC'));
    expect(textOf(turn('vi', '', silent))).not.toContain('tiếng Jrai');
  });
});

test('what is told outside a turn has its drafts beside it, and says once what is missing', () => {
  const deps = { texts, place: { ...mau, showDrafts: true } };
  const told = (keys: readonly TextKey[], showDrafts = true) => inBoth({ ...deps, place: { ...mau, showDrafts } }, 'jra', (from) => keys.map((key): Piece => ({ text: from.say('jra', key, { day: '25/11/2026', place: 'nhà rông' }), lang: 'vi', cardId: null, buttons: [{ label: from.say('jra', 'vaccination:reminder.stop'), value: 'remind:stop' }], layout: { form: 'plain' } })));
  const [piece] = told(['vaccination:reminder.cancelled']);
  expect(piece?.text.startsWith('Buổi tiêm ngày 25/11/2026 tại nhà rông không diễn ra nữa.')).toBe(true);
  expect(piece?.text).toContain('Lơ 25/11/2026 ƀơi nhà rông ƀu tlâ̆o dong tah.'.normalize('NFC'));
  expect(piece?.buttons[0]?.label).toBe('Anăm lăi pơthâo dong ôh (Không nhắc nữa)'.normalize('NFC'));
  const silent = told(['chat:village.notKept', 'vaccination:reminder.ask']);
  expect(silent.map(({ text }) => text.includes('aka ƀu hơmâo'.normalize('NFC')))).toEqual([false, true]);
  expect(told(['vaccination:reminder.cancelled'], false)[0]?.text).not.toContain('tlâ̆o'.normalize('NFC'));
});
