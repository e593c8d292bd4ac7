import type { Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import { may, type LoggedIn } from '#bot/accounts/accounts.ts';
import { MARK } from '#bot/channels/web/icons.ts';
import { makeReport, spanOf, type Report } from '#bot/report/report.ts';
import { figures, lastComplete, madeAt, number, reportCsv, reportText, reportTitle, reportWords, riseLine, topicName, villageName } from '#bot/report/say.ts';
import { record } from '#bot/store/audit.ts';
import { markRiseSeen, risesSince } from '#bot/store/counts.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { addDays, dayOf, isDay, readableDay, weekdayOf, type Day } from '#knowledge/day.ts';
import { actorOf, type DeskTools } from '../desk-pages.ts';
import { icon, NOTHING, page, sayer, type Html } from '../frame.ts';
import { bars, columns } from './charts.ts';

/** The report: on the screen, on one sheet of A4, as a table, as lines to paste; and the signs that rise. */

const RISES_SHOWN_MS = 14 * 86_400_000;
const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

export function addReportPages(app: Hono, { deps, look, inside, form, send }: DeskTools): void {
  const { store, texts } = deps;
  const { live } = deps.base;
  const say = sayer(look);
  const words = reportWords(texts, deps.place);

  app.get('/staff/report', (c) => inside(c, async (who) => {
    const report = await reportFor(c);
    const rises = await store.read((tx) => risesSince(tx, look.nowMs() - RISES_SHOWN_MS, { unseen: true }));
    const { kind, from } = report;
    const step = kind === 'day' ? 1 : 7;
    const link = (to: { kind?: 'day' | 'week'; of?: Day }): string => `/staff/report?kind=${to.kind ?? kind}&of=${to.of ?? from}`;
    const tab = (each: 'day' | 'week'): Html => html`<a href="${link({ kind: each })}"${each === kind ? raw(' aria-current="true"') : NOTHING}>${say(`report.${each}`)}</a>`;
    const body = html`<div class="head no-print">
<h1>${say('report.title')}</h1><a class="btn" href="/staff/report.csv?kind=${kind}&amp;of=${from}">${icon('load')}${say('report.csv.get')}</a></div>
<div class="no-print gap">${rises.map((rise) => html`<div class="tell late" role="alert">${icon('alert')}<div>
<p>${riseLine(words, rise, 'head')}</p>${rise.usual > 0 ? html`<p>${say('rise.usual', { usual: String(Math.round(rise.usual * 10) / 10).replace('.', ',') })}</p>` : NOTHING}
<div class="row">${rise.ticketId === null ? NOTHING : html`<a class="btn" href="/staff/ticket/${rise.ticketId}">${say('rise.open')}</a>`}${may(who.account.role, 'manage-accounts') ? html`<form method="post" action="/staff/report/seen">
<input type="hidden" name="csrf" value="${who.csrf}">
<input type="hidden" name="key" value="${rise.key}"><button class="btn" aria-label="${say('rise.seen')}: ${riseLine(words, rise, 'head')}">${say('rise.seen')}</button></form>` : NOTHING}</div></div></div>`)}
<div class="sheet pad0 span"><nav class="tabs" aria-label="${say('report.span')}">${tab('day')}${tab('week')}</nav>
<div class="row"><a class="btn" href="${link({ of: addDays(from, -step) })}">${icon('back')}${say('report.before')}</a><span class="grow"></span><a class="btn" href="${link({ of: addDays(from, step) })}">${say('report.after')}${icon('right')}</a></div></div></div>
${sheet(report)}
<section class="sheet no-print a4w"><h2><label for="paste">${say('report.paste')}</label></h2><p class="hint">${say('report.pasteHint')}</p>
<textarea class="field" id="paste" rows="10" readonly>${reportText(words, report)}</textarea><p class="hint only-wide">${say('report.print')}</p></section>`;
    return send(c, page(look, { title: reportTitle(words, report), at: 'report', waiting: await waitingFor(who), body }));
  }));

  app.get('/staff/report.csv', (c) => inside(c, async () => {
    const report = await reportFor(c);
    c.header('Content-Disposition', `attachment; filename="bao-cao-${report.kind === 'day' ? 'ngay' : 'tuan'}-${report.from}.csv"`);
    c.header('Content-Type', 'text/csv; charset=utf-8');
    return c.body(reportCsv(words, report));
  }));

  app.post('/staff/report/seen', (c) => form(c, async (who, fields) => {
    if (!may(who.account.role, 'manage-accounts')) return c.text(say('problem.forbidden'), 403);
    const key = (fields.get('key') ?? '').slice(0, 200);
    await store.write(async (tx) => {
      await markRiseSeen(tx, key, who.account.id);
      await record(tx, { accountId: who.account.id, what: 'rise-seen', detail: key.slice(0, 80) });
    });
    return c.redirect('/staff/report', 303);
  }));

  function reportFor(c: Context): Promise<Report> {
    const kind = c.req.query('kind') === 'day' ? 'day' : 'week';
    const asked = c.req.query('of') ?? '';
    const today = dayOf(look.nowMs());
    const day = isDay(asked) ? asked : c.req.query('kind') === undefined ? lastComplete(kind, today, addDays) : today;
    const titles = new Map(live.base().filed.map(({ card }) => [card.id, card.question]));
    return makeReport({ store, place: deps.place, nearest: (question) => live.nearest(question, 1)[0] ?? null, titleOf: (id) => titles.get(id) ?? id }, kind, spanOf(kind, day).from, look.nowMs());
  }

  function sheet(report: Report): Html {
    const dayName = (day: Day): string => (report.kind === 'day' ? readableDay(day).slice(0, 5) : say(`report.short.${WEEKDAYS[weekdayOf(day) - 1] ?? 0}`));
    const topics = report.topics.map((share) => ({ name: topicName(words, share), count: share.count, isOther: share.name === null }));
    const villages = report.villages.map((share) => ({ name: villageName(words, share), count: share.count, isOther: share.name === null || share.name === '' }));
    return html`<article class="a4"><header><div class="row"><div class="grow"><p class="org">${deps.place.station.name}</p>
<h2>${reportTitle(words, report)}</h2></div>${MARK}</div><div class="band"></div></header>
<ul class="kpi">${figures(words, report).map(({ count, words: what, late }) => html`<li><b>${count}</b>${what}${late === undefined ? NOTHING : html`, <u>${late}</u>`}</li>`)}</ul>
${report.rises.length === 0 ? NOTHING : html`<section><h3>${say('rise.title')}</h3>
<ul>${report.rises.map((rise) => html`<li>${riseLine(words, rise)}</li>`)}</ul></section>`}
${report.questions === 0 ? html`<p>${say('report.empty')}</p>` : html`<div class="g">${report.kind === 'day' ? NOTHING : html`<figure><figcaption>${say('report.days')}</figcaption>${columns(say('report.days'), report.days.map(({ day, atOnce, askedBack, staff }) => ({ name: dayName(day), parts: [atOnce, askedBack, staff] as const })))}
<p class="key"><span><i></i>${say('report.legend.atOnce')}</span><span><i class="k2"></i>${say('report.legend.askedBack')}</span><span><i class="k3"></i>${say('report.legend.staff')}</span></p>${table([say('report.column.day'), say('report.legend.atOnce'), say('report.legend.askedBack'), say('report.legend.staff')], report.days.map(({ day, atOnce, askedBack, staff }) => [readableDay(day), number(atOnce), number(askedBack), number(staff)]))}</figure>`}
${topics.length === 0 ? NOTHING : html`<figure><figcaption>${say('report.topics')}</figcaption>${bars(say('report.topics'), topics)}${table([say('report.column.kind'), say('report.column.count')], topics.map(({ name, count }) => [name, number(count)]))}</figure>`}
${villages.length === 0 ? NOTHING : html`<figure><figcaption>${say('report.villages')}</figcaption>${bars(say('report.villages'), villages)}${table([say('report.column.kind'), say('report.column.count')], villages.map(({ name, count }) => [name, number(count)]))}
<p class="key">${say('report.leastNote')}</p></figure>`}
<section><h3>${say('report.lacks')}</h3>${report.lacks.length === 0 ? html`<p>${say('report.noLacks')}</p>` : html`<ol class="num1">${report.lacks.map(({ name, count }) => html`<li><span>${name ?? ''}</span> <b>${number(count)}</b></li>`)}</ol>`}${report.rumours.asked === 0 ? NOTHING : html`<p>${say('report.rumours', { asked: number(report.rumours.asked), answered: number(report.rumours.answered) })}</p>`}</section></div>`}
${report.announcements.length === 0 ? NOTHING : html`<section class="wide-table" tabindex="0" aria-label="${say('report.announcements')}">
<h3>${say('report.announcements')}</h3><table><thead>
<tr><th scope="col">${say('report.column.name')}</th><th scope="col" class="num">${say('report.column.audience')}</th><th scope="col" class="num">${say('report.column.delivered')}</th><th scope="col" class="num">${say('report.column.missed')}</th></tr></thead>
<tbody>${report.announcements.map((each) => html`<tr><td>${each.title}</td><td class="num">${number(each.audience)}</td><td class="num">${number(each.delivered)}</td><td class="num">${number(each.notReached)}</td></tr>`)}</tbody></table></section>`}
<section><h3>${say('report.roster', { from: readableDay(report.rosterFrom), to: readableDay(addDays(report.rosterFrom, 6)) })}</h3>${roster(report)}</section>
<footer class="row"><p class="grow small">${say('report.nobody')} ${madeAt(words, report)}</p><p class="small">${say('report.sign')}</p></footer></article>`;
  }

  function roster(report: Report): Html {
    if (report.roster.length === 0) return html`<p>${say('report.noRoster')}</p>`;
    const people = [...Map.groupBy(report.roster, ({ line, name, phone }) => `${line}|${name}|${phone}`).values()];
    return html`<ul class="duty">${people.map((shifts) => {
      const [first] = shifts;
      return first === undefined ? NOTHING : html`<li><b>${say(`line.${first.line}`)}</b>: ${first.name}, ${first.phone} (${shifts.map(({ day }) => say(`report.short.${WEEKDAYS[weekdayOf(day) - 1] ?? 0}`)).join(', ')})</li>`;
    })}</ul>`;
  }

  function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
    return html`<details class="no-print"><summary>${say('report.asTable')}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${say('report.asTable')}"><table><thead>
<tr>${head.map((cell, n) => html`<th scope="col"${n === 0 ? NOTHING : raw(' class="num"')}>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, n) => (n === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="num">${cell}</td>`))}</tr>`)}</tbody></table></div></details>`;
  }

  async function waitingFor(who: LoggedIn): Promise<number> {
    return (await store.read((tx) => countShelves(tx, actorOf(who)))).waiting;
  }
}
