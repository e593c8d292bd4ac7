import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { may, type LoggedIn } from '#bot/accounts/accounts.ts';
import { record } from '#bot/store/audit.ts';
import { addRecording, approveRecording, dropRecording, soundOf } from '#bot/store/recordings.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { addComment, commentsOn, demandSince, laidTexts, layTexts } from '#bot/store/translating.ts';
import { sendSound } from '#bot/voices/listen.ts';
import { addDays, dayOf } from '#knowledge/day.ts';
import type { Highland } from '#knowledge/identify/orthography.ts';
import { hashOf } from '#knowledge/translation.ts';
import { takeExchange, type ExchangeChange, type ExchangeRow } from '#locales/exchange.ts';
import { readCsv, readPo, toCsv, toPo } from '#locales/exchangeFormats.ts';
import { faultsOfText } from '#locales/words.ts';
import { actorOf, type DeskTools } from '../desk-pages.ts';
import { NOTHING, notice, sayer, type Html } from '../frame.ts';
import { allowVoice, soundFault, uploadedSound } from '../voices.ts';
import { createTermbases, DESK_LANGS, fileChanged, openTranslations, termsFor, weighable, type Desk, type DeskLang, type Item } from './desk.ts';
import { SHOWS, translatePage, type Show } from './view.ts';

/** The translator's desk at `/staff/translate`. Everybody may draft, record and comment; editors and the head sign. */

const SHOWN = 40;
const TERMS = 16;
/** Questions of so many days say what is asked most. */
const DEMAND_DAYS = 90;
const TOLD = ['saved', 'signed', 'undone', 'file', 'comment', 'recorded', 'voiceApproved', 'voiceDropped', 'unchanged'] as const;

type Opened = { desk: Desk; laid: Awaited<ReturnType<typeof laidTexts>> };
type Shown = { told?: Html; typed?: ReadonlyMap<string, string>; by?: { name: string; dialect: string } };

export function addTranslatePages(app: Hono, { deps, look, insideAny, formAny, send }: DeskTools): void {
  const { store, voices } = deps;
  const say = sayer(look);
  const termbase = createTermbases();
  const no = (c: Context): Promise<Response> => Promise.resolve(c.text(say('problem.forbidden'), 403));
  const inside: DeskTools['inside'] = (c, draw) => insideAny(c, (who) => (may(who.account.role, 'translate') ? draw(who) : no(c)));
  const form: DeskTools['form'] = (c, act) => formAny(c, (who, fields) => (may(who.account.role, 'translate') ? act(who, fields) : no(c)));

  app.get('/staff/translate', (c) => inside(c, (who) => {
    const told = TOLD.find((known) => known === c.req.query('told'));
    return show(c, who, langOf(c.req.query('lang')), c.req.query('id') ?? null, { ...(told === undefined ? {} : { told: notice('ok', say(`translate.told.${told}`)) }) });
  }));

  app.get('/staff/translate/voice/:id{[0-9]{1,15}}', (c) => inside(c, async () => {
    const sound = await store.read((tx) => soundOf(tx, Number(c.req.param('id'))));
    if (sound === null) return c.text(say('voice.lost'), 404);
    return sendSound(c, sound.plain === null ? { type: sound.noteType, bytes: sound.note } : { type: 'audio/mpeg', bytes: sound.plain }, 'no-cache');
  }));

  app.get('/staff/translate/export', (c) => inside(c, async () => {
    const lang = langOf(c.req.query('lang'));
    if (lang === 'vi') return c.text(say('problem.notFound'), 404);
    const { desk } = await open(lang);
    const lines = desk.items.flatMap((item) => item.lines);
    const isPo = c.req.query('form') === 'po';
    c.header('Content-Type', isPo ? 'text/x-gettext-translation; charset=utf-8' : 'text/csv; charset=utf-8');
    c.header('Content-Disposition', `attachment; filename="loa-lang-${lang}.${isPo ? 'po' : 'csv'}"`);
    return c.body(isPo ? toPo(lines, lang) : toCsv(lines, lang));
  }));

  // While somebody types: which words nobody attested. Nothing is kept of what is asked here.
  app.post('/staff/translate/words', (c) => form(c, (_who, fields) => {
    const lang = langOf(fields.get('lang') ?? undefined);
    const text = (fields.get('text') ?? '').normalize('NFC').slice(0, 4000);
    return Promise.resolve(c.json({ say: lang === 'vi' ? null : doubtsIn([text], lang) }));
  }));

  app.post('/staff/translate', (c) => form(c, async (who, fields) => {
    const lang = langOf(fields.get('lang') ?? undefined);
    const id = (fields.get('id') ?? '').slice(0, 200);
    const opened = await open(lang);
    const item = opened.desk.items.find((known) => known.id === id);
    if (item === undefined) return show(c, who, lang, null, { told: notice('late', say('problem.notFound')) }, 404);
    const wish = fields.get('do') ?? '';
    if (SIGNERS_ONLY.includes(wish) && !maySign(who)) return c.text(say('problem.forbidden'), 403);
    switch (wish) {
      case 'comment':
        return comment(c, who, lang, id, fields);
      case 'approve-voice':
      case 'drop-voice':
        return decideVoice(c, who, lang, item, fields, wish === 'approve-voice');
      case 'undo':
      case 'file':
        return lang === 'vi' ? show(c, who, lang, id, {}, 400) : takeBack(c, who, lang, opened, item, wish);
      default:
        return lang === 'vi' ? show(c, who, lang, id, {}, 400) : keep(c, who, lang, opened, item, fields);
    }
  }));

  app.post('/staff/translate/voice', (c) => form(c, async (who, fields) => {
    const lang = langOf(fields.get('lang') ?? undefined);
    const id = (fields.get('id') ?? '').slice(0, 200);
    const reads = voices.reads(id, look.nowMs());
    const by = { name: nameIn(fields, 'speaker'), dialect: nameIn(fields, 'dialect') };
    if (reads === null) return show(c, who, lang, id, { told: notice('late', say('problem.notFound')) }, 404);
    if (by.name.length < 2 || by.dialect.length < 2) return show(c, who, lang, id, { by, told: notice('late', say('translate.why.signature-incomplete')) }, 400);
    const taken = await uploadedSound(c, voices.maker);
    if (!taken.ok) return show(c, who, lang, id, { by, told: notice('late', soundFault(say, taken.why)) }, 400);
    const approved = maySign(who) && fields.get('heard') === 'yes';
    await store.write(async (tx) => {
      const recording = await addRecording(tx, { subject: id, lang, renders: hashOf(reads), speaker: by.name, dialect: by.dialect, accountId: who.account.id, sound: taken.sound });
      if (approved) await approveRecording(tx, recording, who.account.id);
      await record(tx, { accountId: who.account.id, what: 'recorded', detail: `${lang} ${id}${approved ? ' approved' : ''}` });
    });
    await voices.refresh();
    return back(c, fields, lang, id, approved ? 'voiceApproved' : 'recorded');
  }));

  app.post('/staff/translate/import', (c) => form(c, async (who, fields) => {
    const lang = langOf(fields.get('lang') ?? undefined);
    if (lang === 'vi' || !maySign(who)) return c.text(say('problem.forbidden'), 403);
    const file = (await c.req.formData().catch(() => new FormData())).get('file');
    const text = file instanceof File ? await file.text() : '';
    const read = /^\s*(?:#|msgid\b|msgctxt\b)/u.test(text.replace(/^\uFEFF/u, '')) ? readPo(text, lang) : readCsv(text, lang);
    if (!read.ok) return show(c, who, lang, null, { told: notice('late', say('translate.exchange.unreadable')) }, 400);
    const opened = await open(lang);
    const result = takeExchange(weighable(opened.desk.items.flatMap((item) => item.lines)), read.rows, termbase(lang));
    await lay(who, lang, opened, result.taken);
    const summary = say('translate.exchange.result', { taken: result.taken.length, unchanged: result.unchanged, refused: result.refused.length });
    const lines = result.refused.slice(0, 200).map(({ at, key, why, detail }) => say('translate.exchange.line', { at, key, why: say(`translate.why.${why}`, { detail }) }));
    return show(c, who, lang, null, { told: html`${notice(result.refused.length === 0 ? 'ok' : 'soon', summary)}${lines.length === 0 ? NOTHING : html`<ul class="sheet small">${lines.map((line) => html`<li>${line}</li>`)}</ul>`}` });
  }));

  /** Draft, check and signature: the same words, weighed as an exchange weighs them. */
  async function keep(c: Context, who: LoggedIn, lang: Highland, opened: Opened, item: Item, fields: URLSearchParams): Promise<Response> {
    const signing = fields.get('do') === 'sign';
    const by = { name: nameIn(fields, 'by'), dialect: nameIn(fields, 'dialect') };
    const typed = new Map(item.lines.map(({ key }) => [key, (fields.get(`t:${key}`) ?? '').normalize('NFC').replace(/\r\n?/gu, '\n').slice(0, 4000)]));
    const again = (told: Html, status: 200 | 400 = 400): Promise<Response> => show(c, who, lang, item.id, { typed, by, told }, status);
    if (fields.get('do') === 'check') {
      const doubts = doubtsIn([...typed.values()], lang);
      return again(doubts === null ? notice('ok', say('translate.fine')) : notice('soon', doubts), 200);
    }
    if (signing && (fields.get('read') !== 'yes' || by.name.length < 2 || by.dialect.length < 2)) return again(notice('late', say('translate.sign.lacks')));
    const rows = item.lines.map((line, i): ExchangeRow => ({
      at: i + 1, key: line.key, vietnamese: line.vietnamese, text: typed.get(line.key) ?? '', of: fields.get(`of:${line.key}`) ?? '',
      ...(signing ? { by: by.name, dialect: by.dialect, on: dayOf(look.nowMs()) } : { by: '', dialect: '', on: '' }),
    }));
    const result = takeExchange(weighable(item.lines), rows, termbase(lang));
    if (result.refused.length > 0) return again(notice('late', result.refused.map(({ key, why, detail }) => `${key.split('#')[1] ?? key}: ${say(`translate.why.${why}`, { detail })}`).join('; ')));
    await lay(who, lang, opened, result.taken);
    return back(c, fields, lang, item.id, result.taken.length === 0 ? 'unchanged' : signing ? 'signed' : 'saved');
  }

  /** What a draft may not hold, in words; null when all is well. */
  function doubtsIn(texts: readonly string[], lang: Highland): string | null {
    const doubts = texts.flatMap((text) => faultsOfText(text, termbase(lang)));
    return doubts.length === 0 ? null : [...new Set(doubts.map(({ rule, word }) => say(`translate.rule.${rule}`, { word })))].join('; ');
  }

  async function takeBack(c: Context, who: LoggedIn, lang: Highland, opened: Opened, item: Item, wish: 'undo' | 'file'): Promise<Response> {
    const texts = item.lines.flatMap((line) => (line.text === null && wish === 'undo' ? [] : [{ lang, key: line.key, text: wish === 'file' ? null : line.text, of: line.of, approval: null, over: hashOf(opened.desk.fileTexts.get(line.key) ?? '') }]));
    await store.write(async (tx) => {
      await layTexts(tx, texts, who.account.id);
      await record(tx, { accountId: who.account.id, what: 'translated', detail: `${wish} ${lang} ${item.id}` });
    });
    await deps.base.published();
    return back(c, new URLSearchParams({ show: c.req.query('show') ?? 'all' }), lang, item.id, wish === 'undo' ? 'undone' : 'file');
  }

  async function lay(who: LoggedIn, lang: Highland, { desk }: Opened, taken: readonly ExchangeChange[]): Promise<void> {
    if (taken.length === 0) return;
    await store.write(async (tx) => {
      await layTexts(tx, taken.map(({ key, text, of, approval }) => ({ lang, key, text, of, approval, over: hashOf(desk.fileTexts.get(key) ?? '') })), who.account.id);
      await record(tx, { accountId: who.account.id, what: 'translated', detail: `${lang} ${taken.length} ${taken.filter(({ approval }) => approval !== null).length}` });
    });
    await deps.base.published();
  }

  async function comment(c: Context, who: LoggedIn, lang: DeskLang, id: string, fields: URLSearchParams): Promise<Response> {
    const text = (fields.get('comment') ?? '').normalize('NFC').trim().slice(0, 1000);
    if (text === '') return show(c, who, lang, id, { told: notice('late', say('translate.why.empty')) }, 400);
    await store.write((tx) => addComment(tx, { lang, key: id, accountId: who.account.id, text }));
    return back(c, fields, lang, id, 'comment');
  }

  async function decideVoice(c: Context, who: LoggedIn, lang: DeskLang, item: Item, fields: URLSearchParams, approve: boolean): Promise<Response> {
    const recording = item.voices.find((known) => known.id === Number(fields.get('voice')));
    if (recording === undefined) return show(c, who, lang, item.id, { told: notice('late', say('problem.notFound')) }, 404);
    await store.write(async (tx) => {
      await (approve ? approveRecording(tx, recording.id, who.account.id) : dropRecording(tx, recording.id));
      await record(tx, { accountId: who.account.id, what: 'recorded', detail: `${approve ? 'approved' : 'dropped'} ${lang} ${item.id}` });
    });
    await voices.refresh();
    return back(c, fields, lang, item.id, approve ? 'voiceApproved' : 'voiceDropped');
  }

  async function open(lang: DeskLang): Promise<Opened> {
    const found = await store.read(async (tx) => ({ laid: await laidTexts(tx), demand: await demandSince(tx, addDays(dayOf(look.nowMs()), -DEMAND_DAYS), lang) }));
    return { laid: found.laid, desk: openTranslations(deps, lang, found.laid, found.demand) };
  }

  async function show(c: Context, who: LoggedIn, lang: DeskLang, id: string | null, shown: Shown, status: 200 | 400 | 404 = 200): Promise<Response> {
    const { desk, laid } = await open(lang);
    const asked: Show = SHOWS.find((known) => known === c.req.query('show')) ?? (lang === 'vi' ? 'unheard' : 'todo');
    const list = desk.items.filter((item) => wanted(item, asked));
    const listed = list.slice(0, c.req.query('more') === undefined ? SHOWN : list.length);
    const item = desk.items.find((known) => known.id === id) ?? list[0] ?? null;
    const found = await store.read(async (tx) => ({ comments: item === null ? [] : await commentsOn(tx, lang, item.id), waiting: (await countShelves(tx, actorOf(who))).waiting }));
    allowVoice(c);
    return send(c, translatePage(look, {
      ...found, lang, show: asked, all: desk.items, listed, hidden: list.length - listed.length, item, csrf: who.csrf,
      typed: shown.typed ?? new Map(), by: shown.by ?? { name: '', dialect: '' }, told: shown.told ?? NOTHING, maySign: maySign(who),
      terms: lang === 'vi' || item === null ? [] : termsFor(item.lines.map(({ vietnamese }) => vietnamese).join('\n'), termbase(lang), TERMS),
      changed: item !== null && fileChanged(desk, laid, item),
    }), status);
  }

  function back(c: Context, fields: URLSearchParams, lang: DeskLang, id: string, told: (typeof TOLD)[number]): Response {
    const shown = SHOWS.find((known) => known === fields.get('show')) ?? 'all';
    return c.redirect(`/staff/translate?${new URLSearchParams({ lang, show: shown, id, told }).toString()}`, 303);
  }
}

const SIGNERS_ONLY = ['sign', 'undo', 'file', 'approve-voice', 'drop-voice'];

function maySign({ account }: LoggedIn): boolean {
  return may(account.role, 'sign-translations');
}

function wanted(item: Item, show: Show): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'todo':
      return item.standing !== 'approved' && item.standing !== null;
    case 'unheard':
      return item.reads !== null && !item.voices.some(({ state }) => state === 'approved');
  }
}

function langOf(asked: string | undefined): DeskLang {
  return DESK_LANGS.find((known) => known === asked) ?? 'jra';
}

function nameIn(fields: URLSearchParams, name: string): string {
  return (fields.get(name) ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim().slice(0, 60);
}
