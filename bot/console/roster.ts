import type { Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import { may, type LoggedIn } from '#bot/accounts/accounts.ts';
import { record } from '#bot/store/audit.ts';
import { listAccounts } from '#bot/store/accounts.ts';
import { addShifts, copyWeek, dropShifts, knownNumbers, shiftsFrom, type DutyShift } from '#bot/store/duty.ts';
import { DUTY_LINES, type DutyLine } from '#bot/store/tables/staff.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { lookAt, mondayOf, NUMBERS_NEEDED } from '#bot/tickets/roster.ts';
import { addDays, dayOf, isDay, readableDay, type Day } from '#knowledge/day.ts';
import { actorOf, type DeskTools } from './desk-pages.ts';
import { icon, NOTHING, notice, page, sayer, type Html, type Say } from './frame.ts';

/** The weekly duty roster, one week a page: who is on which line on which day, and what is still missing. */

const WEEK = [0, 1, 2, 3, 4, 5, 6] as const;
const PHONE = /^\+?\d[\d .]{5,18}$/u;

type Fault = 'name' | 'phone' | 'days';
type Typed = { line: DutyLine; name: string; phone: string; accountId: string; days: Day[] };

export function addRosterPages(app: Hono, { deps, look, inside, form, send }: DeskTools): void {
  const { store } = deps;
  const say = sayer(look);

  app.get('/staff/roster', (c) => inside(c, (who) => show(c, who, weekOf(c.req.query('week')), NOTHING)));

  app.post('/staff/roster', (c) => form(c, async (who, fields) => {
    const monday = weekOf(fields.get('week') ?? undefined);
    if (!mayKeepRoster(who)) return c.text(say('problem.forbidden'), 403);
    const [deed = '', argument = ''] = (fields.get('do') ?? '').split(/:(.*)/su);
    const done = async (act: () => Promise<void>): Promise<Response> => {
      await act();
      return c.redirect(`/staff/roster?week=${monday}`, 303);
    };
    if (deed === 'copy') {
      return done(() => store.write(async (tx) => {
        await copyWeek(tx, monday);
        await record(tx, { accountId: who.account.id, what: 'roster', detail: `copied ${monday}` });
      }));
    }
    if (deed === 'drop') {
      const line = DUTY_LINES.find((known) => argument.startsWith(`${known}|`));
      const [, phone = '', name = ''] = argument.split(/\|/u);
      if (line === undefined) return show(c, who, monday, NOTHING, 400);
      return done(() => store.write(async (tx) => {
        await dropShifts(tx, { monday, line, name, phone });
        await record(tx, { accountId: who.account.id, what: 'roster', detail: `dropped ${monday} ${line}` });
      }));
    }
    const typed: Typed = {
      line: DUTY_LINES.find((known) => known === fields.get('line')) ?? 'health',
      name: (fields.get('name') ?? '').normalize('NFC').replaceAll('|', ' ').trim().slice(0, 60),
      phone: (fields.get('phone') ?? '').trim().slice(0, 20),
      accountId: (fields.get('account') ?? '').slice(0, 64),
      days: WEEK.map((n) => addDays(monday, n)).filter((day) => fields.getAll('day').includes(day)),
    };
    const accounts = await store.read(listAccounts);
    const account = accounts.find((each) => each.id === typed.accountId) ?? null;
    const name = typed.name === '' ? account?.name ?? '' : typed.name;
    const fault: Fault | null = name.length < 2 ? 'name' : !PHONE.test(typed.phone) ? 'phone' : typed.days.length === 0 ? 'days' : null;
    if (fault !== null) return show(c, who, monday, notice('late', say(`roster.fault.${fault}`)), 400, typed);
    return done(() => store.write(async (tx) => {
      await addShifts(tx, { days: typed.days, line: typed.line, name, phone: typed.phone, accountId: account?.id ?? null });
      await record(tx, { accountId: who.account.id, what: 'roster', detail: `added ${monday} ${typed.line}` });
    }));
  }));

  async function show(c: Context, who: LoggedIn, monday: Day, told: Html, status: 200 | 400 = 200, typed: Typed | null = null): Promise<Response> {
    const found = await store.read(async (tx) => ({
      shifts: await shiftsFrom(tx, monday, 7),
      before: (await shiftsFrom(tx, addDays(monday, -7), 7)).length,
      accounts: (await listAccounts(tx)).filter((account) => may(account.role, 'answer')),
      known: await knownNumbers(tx),
      waiting: (await countShelves(tx, actorOf(who))).waiting,
    }));
    const csrf = html`<input type="hidden" name="csrf" value="${who.csrf}"><input type="hidden" name="week" value="${monday}">`;
    const keeps = mayKeepRoster(who);
    const body = html`<div class="head"><h1>${say('roster.title')}</h1></div><div class="gap inbox">${told}${state(monday, found.shifts)}
<nav class="row" aria-label="${say('roster.weeks')}"><a class="btn" href="/staff/roster?week=${addDays(monday, -7)}">${icon('back')}${say('roster.before')}</a><b class="grow">${say('roster.week', { from: readableDay(monday), to: readableDay(addDays(monday, 6)) })}</b><a class="btn" href="/staff/roster?week=${addDays(monday, 7)}">${say('roster.after')}</a></nav>
${DUTY_LINES.map((line) => section(line, monday, found.shifts, keeps ? csrf : null))}
${keeps && found.shifts.length === 0 && found.before > 0 ? html`<form method="post" action="/staff/roster">${csrf}<button class="btn" name="do" value="copy">${say('roster.copy')}</button></form>` : NOTHING}
${keeps ? adding(csrf, monday, found.accounts, found.known, typed) : html`<p class="quiet">${say('roster.headKeeps')}</p>`}</div>`;
    return send(c, page(look, { title: say('roster.title'), at: 'roster', waiting: found.waiting, body }), status);
  }

  function state(monday: Day, shifts: DutyShift[]): Html {
    const { numbers, enough, gaps } = lookAt(shifts, monday);
    if (enough && gaps.length === 0) return notice('ok', say('roster.full', { numbers }));
    const missing = DUTY_LINES.flatMap((line) => {
      const days = gaps.filter((gap) => gap.line === line).map((gap) => weekdayWord(say, monday, gap.day));
      return days.length === 0 ? [] : [say('roster.gap', { line: say(`line.${line}`), days: days.length === 7 ? say('roster.allWeek') : days.join(', ') })];
    });
    return html`<div class="tell soon" role="status">${icon('alert')}
<div>${enough ? NOTHING : html`<p>${say('roster.few', { numbers, needed: NUMBERS_NEEDED })}</p>`}${missing.map((words) => html`<p>${words}</p>`)}</div></div>`;
  }

  function section(line: DutyLine, monday: Day, shifts: DutyShift[], csrf: Html | null): Html {
    const mine = shifts.filter((shift) => shift.line === line);
    const people = [...Map.groupBy(mine, (shift) => `${line}|${shift.phone}|${shift.name}`)];
    return html`<section class="sheet"><h2>${say(`line.${line}`)}</h2>
<p class="quiet small">${say(`lineHint.${line}`)}</p>${people.length === 0 ? html`<p>${say('roster.nobody')}</p>` : html`<ul class="people">${people.map(([key, days]) => html`<li><b>${days[0]?.name ?? ''}</b>, <a href="tel:${days[0]?.phone.replaceAll(' ', '') ?? ''}">${days[0]?.phone ?? ''}</a>
<div class="row"><span class="quiet small">${days.length === 7 ? say('roster.allWeek') : days.map((shift) => weekdayWord(say, monday, shift.day)).join(', ')}${days[0]?.accountId === null ? ` · ${say('roster.noAccount')}` : ''}</span>${csrf === null ? NOTHING : html`<form method="post" action="/staff/roster">${csrf}<button class="btn stop" name="do" value="drop:${key}" aria-label="${say('roster.dropLabel', { name: days[0]?.name ?? '', line: say(`line.${line}`) })}">${say('roster.drop')}</button></form>`}</div></li>`)}</ul>`}</section>`;
  }

  function adding(csrf: Html, monday: Day, accounts: { id: string; name: string; title: string }[], known: { name: string; phone: string }[], typed: Typed | null): Html {
    return html`<form class="sheet compose" method="post" action="/staff/roster"><h2>${say('roster.add')}</h2>${csrf}
<label for="line">${say('roster.line')}</label>
<select class="field" id="line" name="line">${DUTY_LINES.map((line) => html`<option value="${line}"${typed?.line === line ? raw(' selected') : NOTHING}>${say(`line.${line}`)}</option>`)}</select>
<label for="account">${say('roster.account')}</label><select class="field" id="account" name="account">
<option value="">${say('roster.outsider')}</option>${accounts.map((account) => html`<option value="${account.id}"${typed?.accountId === account.id ? raw(' selected') : NOTHING}>${account.name}, ${account.title}</option>`)}</select>
<label for="name">${say('roster.name')}</label><input class="field" id="name" name="name" autocomplete="off" maxlength="60" value="${typed?.name ?? ''}">
<label for="phone">${say('roster.phone')}</label><input class="field" id="phone" name="phone" type="tel" autocomplete="off" required list="numbers" value="${typed?.phone ?? ''}"><datalist id="numbers">${known.map((each) => html`<option value="${each.phone}">${each.name}</option>`)}</datalist>
<fieldset class="mini"><legend>${say('roster.days')}</legend>${WEEK.map((n) => {
    const day = addDays(monday, n);
    return html`<label class="opt"><input type="checkbox" name="day" value="${day}"${typed === null ? n < 5 ? raw(' checked') : NOTHING : typed.days.includes(day) ? raw(' checked') : NOTHING}>${weekdayWord(say, monday, day)}, ${readableDay(day).slice(0, 5)}</label>`;
  })}</fieldset><p class="hint">${say('roster.order')}</p>
<div class="row"><button class="btn main" name="do" value="add">${say('roster.go')}</button></div></form>`;
  }

  function weekOf(asked: string | undefined): Day {
    return mondayOf(asked !== undefined && isDay(asked) ? asked : dayOf(look.nowMs()));
  }
}

/** Who writes the roster, and is reminded of it. */
export function mayKeepRoster({ account }: LoggedIn): boolean {
  return account.role === 'head' || account.role === 'editor';
}

function weekdayWord(say: Say, monday: Day, day: string): string {
  const n = WEEK.find((each) => addDays(monday, each) === day) ?? 0;
  return say(`weekday.${n}`);
}
