import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { LoggedIn } from '#bot/accounts/accounts.ts';
import { record } from '#bot/store/audit.ts';
import { putSession, sessionsBetween } from '#bot/store/sessions.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { sessionStoreOver } from '#bot/vaccination/live.ts';
import { faultSentence, importReport, sessionsReply } from '#bot/vaccination/replies.ts';
import { readSessionCalendar } from '#bot/vaccination/session-calendar.ts';
import { importSessions, loadSessionWords, readSessionTable, type ImportContext } from '#bot/vaccination/session-import.ts';
import { findSessions, hasEnded, type Session } from '#bot/vaccination/sessions.ts';
import { clockText, shortDay, type Say as VaccinationSay } from '#bot/vaccination/texts.ts';
import { addDays, dayOf, isDay, readableDay, type Day } from '#knowledge/day.ts';
import { loadScheduleTable } from '#knowledge/immunisation/table.ts';
import { actorOf, type DeskTools } from '../desk-pages.ts';
import { icon, NOTHING, notice, page, sayer, type Html } from '../frame.ts';
import { sessionForm, tableOf, type SessionForm } from './form.ts';
import { agenda, monthTable } from './month.ts';

/** The calendar of vaccination sessions: a month, one session, and a table taken in line by line. */

const FOREVER: Day = '9999-12-31';

export function addCalendarPages(app: Hono, { deps, look, inside, form, send }: DeskTools): void {
  const { store, texts } = deps;
  const say = sayer(look);
  const spoken: VaccinationSay = (key, values) => texts.say('vi', `vaccination:${key}`, values);
  const calendar = sessionStoreOver(store);

  app.get('/staff/calendar', (c) => inside(c, async (who) => {
    const asked = c.req.query('month') ?? '';
    const today = dayOf(look.nowMs());
    const first: Day = isDay(`${asked}-01`) ? `${asked}-01` as Day : `${today.slice(0, 7)}-01` as Day;
    const from = first < today ? first : today;
    const sessions = await store.read((tx) => sessionsBetween(tx, addDays(from, -7), addDays(first, 120)));
    const told = TOLD.find((known) => known === c.req.query('told'));
    const body = html`<div class="head">
<h1>${say('calendar.title')}</h1><a class="btn" href="/staff/calendar/import">${icon('load')}${say('calendar.import')}</a><a class="btn main" href="/staff/calendar/new">${icon('plus')}${say('calendar.new')}</a></div>${told === undefined ? NOTHING : notice('ok', say(`calendar.told.${told}`))}
${monthTable(look, say, first, today, sessions, villagesOf)}${agenda(look, say, spoken, today, sessions.filter(({ day }) => day >= today), villagesOf)}`;
    return send(c, page(look, { title: say('calendar.title'), at: 'calendar', waiting: await waitingFor(who), body }));
  }));

  app.get('/staff/calendar/new', (c) => inside(c, (who) => {
    const day = c.req.query('day') ?? '';
    return showForm(c, who, { session: null, form: { ...emptyForm(), day: isDay(day) ? readableDay(day) : '' } });
  }));

  app.get('/staff/calendar/import', (c) => inside(c, (who) => showImport(c, who, '', NOTHING)));
  app.post('/staff/calendar/import', (c) => form(c, async (who, fields) => {
    const text = (fields.get('text') ?? '').replaceAll('\r\n', '\n');
    const context = await importContext();
    const read = /^\s*BEGIN:VCALENDAR/iu.test(text) ? readSessionCalendar(text, context) : readSessionTable(text, context);
    if (!read.ok) {
      const words = read.code === 'headings' ? spoken('import.headings', { fields: read.missing.map((field) => spoken(`import.field.${field}`)).join(', ') }) : spoken(`import.${read.code}`);
      return showImport(c, who, text, notice('late', words), 400);
    }
    const isTaken = fields.get('do') === 'take';
    const report = await importSessions(calendar, read.lines, look.nowMs(), !isTaken);
    const refused = report.filter(({ outcome }) => outcome === 'refused').length;
    if (isTaken) await store.write((tx) => record(tx, { accountId: who.account.id, what: 'session-kept', detail: `import ${report.length}` }));
    const lines = importReport(spoken, report);
    const sum = lines.at(-1) ?? '';
    const told = html`${notice(refused > 0 ? 'soon' : 'ok', `${say(isTaken ? 'calendar.taken' : 'calendar.wouldTake')} ${sum}`)}<section class="sheet">
<h2>${say('calendar.lineByLine')}</h2>
<ul class="imp">${lines.slice(0, -1).map((line, n) => html`<li>${icon(report[n]?.outcome === 'refused' ? 'x' : 'check')}<span>${line}</span></li>`)}</ul></section>`;
    return showImport(c, who, isTaken && refused === 0 ? '' : text, told);
  }));

  app.get('/staff/calendar/session/:id{[a-z0-9-]{3,64}}', (c) => inside(c, async (who) => {
    const session = await one(c.req.param('id'));
    return session === null ? c.text(say('calendar.notFound'), 404) : showForm(c, who, { session, form: sessionForm(session) });
  }));

  app.post('/staff/calendar/session/:id{[a-z0-9-]{3,64}}', (c) => form(c, async (who, fields) => {
    const id = c.req.param('id');
    const before = id === 'new' ? null : await one(id);
    if (id !== 'new' && before === null) return c.text(say('calendar.notFound'), 404);
    const wish = fields.get('do');
    if (before !== null && (wish === 'cancel' || wish === 'revive')) {
      await store.write(async (tx) => {
        await putSession(tx, { ...before, state: wish === 'cancel' ? 'cancelled' : 'planned' });
        await record(tx, { accountId: who.account.id, what: wish === 'cancel' ? 'session-cancelled' : 'session-kept', detail: id });
      });
      return c.redirect(`/staff/calendar?month=${before.day.slice(0, 7)}&told=${wish === 'cancel' ? 'cancelled' : 'revived'}`, 303);
    }
    const typed = readForm(fields);
    const context = await importContext();
    const read = readSessionTable(tableOf({ ...typed, id: before?.id ?? '' }, context.words), context);
    const line = read.ok ? read.lines[0] : undefined;
    if (line === undefined || !line.ok) {
      const faults = line?.faults ?? [];
      return showForm(c, who, { session: before, form: typed, faults: faults.map((fault) => ({ field: fault.field, words: faultSentence(spoken, fault) })) }, 400);
    }
    if (before === null && await one(line.session.id) !== null) return showForm(c, who, { session: null, form: typed, faults: [{ field: 'line', words: say('calendar.thereAlready') }] }, 409);
    const session: Session = { ...line.session, state: before?.state ?? 'planned' };
    await store.write(async (tx) => {
      await putSession(tx, session);
      await record(tx, { accountId: who.account.id, what: 'session-kept', detail: session.id });
    });
    return c.redirect(`/staff/calendar?month=${session.day.slice(0, 7)}&told=kept`, 303);
  }));

  type Fault = { field: string; words: string };

  async function showForm(c: Context, who: LoggedIn, view: { session: Session | null; form: SessionForm; faults?: Fault[] }, status: 200 | 400 | 409 = 200): Promise<Response> {
    const { session, form: typed } = view;
    const faults = view.faults ?? [];
    const faultOf = (...names: string[]): string | null => faults.find(({ field }) => names.includes(field))?.words ?? null;
    const line = (name: keyof Omit<SessionForm, 'villages'>, more: { hint?: string; also?: string } = {}): Html => {
      const wrong = faultOf(name, more.also ?? name);
      const described = wrong !== null || more.hint !== undefined;
      return html`<div>
<label for="${name}">${say(`calendar.field.${name}`)}</label><input class="field" id="${name}" name="${name}" value="${typed[name]}" autocomplete="off"${described ? html` aria-describedby="${name}-h"` : NOTHING}${wrong === null ? NOTHING : html` aria-invalid="true"`}>${described ? html`<p class="${wrong === null ? 'hint' : 'err'}" id="${name}-h">${wrong ?? more.hint ?? ''}</p>` : NOTHING}</div>`;
    };
    const title = session === null ? say('calendar.new') : say('calendar.one', { day: readableDay(session.day), place: session.place });
    const csrf = html`<input type="hidden" name="csrf" value="${who.csrf}">`;
    const body = html`<div class="head"><a class="btn back" href="/staff/calendar" aria-label="${say('calendar.back')}">${icon('back')}</a>
<h1>${title}</h1></div>
${faults.length === 0 ? NOTHING : notice('late', `${say('calendar.notKept')} ${faultOf('line') ?? ''}`.trim())}
<div class="cols b2"><form class="sheet compose" method="post" action="/staff/calendar/session/${session?.id ?? 'new'}">${csrf}
<div class="g3">${line('day', { hint: say('calendar.hint.day') })}${line('from', { hint: say('calendar.hint.hour'), also: 'hours' })}${line('to', { hint: say('calendar.hint.hour') })}</div>
${line('place')}<fieldset class="mini"><legend>${say('calendar.field.villages')}</legend>
<p class="hint">${say('calendar.hint.villages')}</p>${deps.place.villages.filter((village) => village.retired !== true || typed.villages.includes(village.id)).map((village) => html`<label class="opt"><input type="checkbox" name="villages" value="${village.id}"${typed.villages.includes(village.id) ? html` checked` : NOTHING}>${village.name}</label>`)}</fieldset>
${line('who', { hint: say('calendar.hint.who') })}${line('vaccines', { hint: say('calendar.hint.vaccines') })}${line('bring')}${line('left', { hint: say('calendar.hint.left') })}${line('map')}${line('note')}
<div class="row doings"><button class="btn main" name="do" value="keep">${icon('check')}${say(session === null ? 'calendar.add' : 'calendar.keep')}</button></div></form>
${session === null ? NOTHING : await fate(session, csrf)}</div>`;
    return send(c, page(look, { title, at: 'calendar', waiting: await waitingFor(who), body }), status);
  }

  /** How the session stands, and what residents would be told were it cancelled. */
  async function fate(session: Session, csrf: Html): Promise<Html> {
    const key = (value: string, style: string, words: string): Html => html`<form method="post" action="/staff/calendar/session/${session.id}">${csrf}<button class="btn ${style}" name="do" value="${value}">${words}</button></form>`;
    if (session.state === 'cancelled') return html`<section class="sheet"><h2>${say('calendar.isCancelled')}</h2><p>${say('calendar.cancelledTells')}</p>
<div class="row">${key('revive', '', say('calendar.revive'))}</div></section>`;
    if (hasEnded(session, look.nowMs())) return html`<section class="sheet"><h2>${say('calendar.isOver')}</h2></section>`;
    const others = (await store.read((tx) => sessionsBetween(tx, dayOf(look.nowMs()), FOREVER))).filter(({ id }) => id !== session.id);
    const village = session.villages[0] ?? null;
    const reply = sessionsReply({ voice: { say: spoken, lang: 'vi' }, station: deps.place.station, villageName: nameOf, calendarUrl: () => null },
      findSessions(others, village, { kind: 'range', from: session.day, to: session.day }, look.nowMs()), village);
    return html`<section class="sheet gap"><h2>${say('calendar.ifCancelled')}</h2>
<p>${say('calendar.toReminded')}</p><blockquote class="seen said">${spoken('reminder.cancelled', { day: shortDay(session.day), place: session.place })}
${spoken('reminder.askStation', { phone: deps.place.station.phone })}</blockquote>
<p>${say('calendar.toAsking')}</p><blockquote class="seen said">${reply.text}</blockquote>
<div class="row">${key('cancel', 'stop', say('calendar.cancel', { day: shortDay(session.day), time: clockText(session.fromMinute), place: session.place }))}</div></section>`;
  }

  async function showImport(c: Context, who: LoggedIn, text: string, told: Html, status: 200 | 400 = 200): Promise<Response> {
    const body = html`<div class="head"><a class="btn back" href="/staff/calendar" aria-label="${say('calendar.back')}">${icon('back')}</a>
<h1>${say('calendar.import')}</h1></div><div class="gap inbox">${told}
<form class="sheet compose" method="post" action="/staff/calendar/import"><p>${say('calendar.importHow')}</p>
<input type="hidden" name="csrf" value="${who.csrf}"><label for="text">${say('calendar.table')}</label>
<textarea class="field" id="text" name="text" rows="10" required>${text}</textarea><p class="hint">${say('calendar.importExample')}</p>
<div class="row doings"><button class="btn" name="do" value="try">${say('calendar.tryImport')}</button><button class="btn main" name="do" value="take">${icon('load')}${say('calendar.takeImport')}</button></div></form></div>`;
    return send(c, page(look, { title: say('calendar.import'), at: 'calendar', waiting: await waitingFor(who), body }), status);
  }

  async function importContext(): Promise<ImportContext> {
    const [table, words] = await Promise.all([loadScheduleTable(), loadSessionWords()]);
    if (!table.ok) throw new Error(table.file);
    return { words, villages: deps.place.villages, rows: table.table.rows, nowMs: look.nowMs() };
  }

  async function one(id: string): Promise<Session | null> {
    return (await store.read((tx) => sessionsBetween(tx, '0001-01-01', FOREVER))).find((session) => session.id === id) ?? null;
  }

  async function waitingFor(who: LoggedIn): Promise<number> {
    return (await store.read((tx) => countShelves(tx, actorOf(who)))).waiting;
  }

  function nameOf(id: string): string {
    return deps.place.villages.find((village) => village.id === id)?.name ?? id;
  }

  function villagesOf(session: Session): string {
    return session.villages.length === 0 ? say('calendar.everybody') : session.villages.map(nameOf).join(', ');
  }
}

const TOLD = ['kept', 'cancelled', 'revived'] as const;

function emptyForm(): SessionForm {
  return { day: '', from: '', to: '', place: '', villages: [], who: '', vaccines: '', bring: '', left: '', map: '', note: '' };
}

function readForm(fields: URLSearchParams): SessionForm {
  const of = (name: string): string => (fields.get(name) ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim().slice(0, 500);
  return { day: of('day'), from: of('from'), to: of('to'), place: of('place'), villages: fields.getAll('villages').slice(0, 200), who: of('who'), vaccines: of('vaccines'), bring: of('bring'), left: of('left'), map: of('map'), note: of('note') };
}
