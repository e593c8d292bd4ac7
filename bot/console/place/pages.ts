import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { LoggedIn } from '#bot/accounts/accounts.ts';
import { sayWanted } from '#bot/knowledge-faults.ts';
import { bringBack, checkChange, keepPart, pastEdits, seenPart, type Changing } from '#bot/place/change.ts';
import { fieldsOf, PARTS, PART_SECTIONS, readPart, type Part } from '#bot/place/form.ts';
import { placeFile } from '#bot/place/file.ts';
import { SECTIONS, sectionText, type Section } from '#bot/place/lay.ts';
import { differences, sayPart, type Difference, type Line } from '#bot/place/say.ts';
import { countShelves } from '#bot/store/tickets.ts';
import type { Place } from '#knowledge/place.ts';
import type { FieldFault } from '#knowledge/wanted.ts';
import { actorOf, type DeskTools } from '../desk-pages.ts';
import { icon, NOTHING, notice, page, sayer, type Html } from '../frame.ts';
import { when } from '../words.ts';
import { partFields } from './form.ts';
import { placePreview } from './preview.ts';

/** The station's own page: what residents read about it, for the head to change; every change is kept and can be taken back. */

const SHOWN_EDITS = 60;

type Shown = { typed: URLSearchParams; told?: Html; faults?: FieldFault[]; fieldOf?: (path: string) => string; seen?: string; preview?: Html; status?: 200 | 400 | 409 };

export function addPlacePages(app: Hono, { deps, look, inside, form, send }: DeskTools): void {
  const { store, texts } = deps;
  const live = deps.livePlace;
  const changing: Changing = { store, live };
  const say = sayer(look);

  app.get('/staff/place', (c) => inside(c, (who) => showAll(c, who)));

  app.get('/staff/place/place.yaml', (c) => inside(c, (who) => {
    if (!isHead(who)) return Promise.resolve(c.text(say('problem.forbidden'), 403));
    c.header('Content-Type', 'application/yaml; charset=utf-8');
    c.header('Content-Disposition', 'attachment; filename="place.yaml"');
    return Promise.resolve(c.body(placeFile(live.place)));
  }));

  app.get('/staff/place/history', (c) => inside(c, (who) => showHistory(c, who)));

  app.post('/staff/place/history', (c) => form(c, async (who, fields) => {
    if (!isHead(who)) return c.text(say('problem.forbidden'), 403);
    const version = await versionOf(fields.get('do') ?? '');
    if (version === null) return c.redirect('/staff/place/history', 303);
    const fits = await bringBack(changing, version, who.account.id);
    return c.redirect(`/staff/place/history?told=${fits ? 'back' : 'unfit'}`, 303);
  }));

  for (const part of PARTS) {
    app.get(`/staff/place/${part}`, (c) => inside(c, (who) => (isHead(who) ? showPart(c, who, part, { typed: fieldsOf(live.place, part) }) : showAll(c, who))));

    app.post(`/staff/place/${part}`, (c) => form(c, async (who, fields) => {
      if (!isHead(who)) return c.text(say('problem.forbidden'), 403);
      const seen = fields.get('seen') ?? '';
      const { change, fieldOf } = readPart(fields, part, live.place);
      const read = checkChange(live.place, change);
      const wish = fields.get('do');
      if (wish === 'again') return showPart(c, who, part, { typed: fields, seen });
      if (!read.ok) return showPart(c, who, part, { typed: fields, seen, faults: read.faults, fieldOf, status: 400 });
      if (wish === 'keep') {
        if (await keepPart(changing, part, read.place, { accountId: who.account.id, seen }) === 'done') return c.redirect('/staff/place?told=kept', 303);
        return showPart(c, who, part, { typed: fields, told: notice('soon', await sayStale(part)), preview: preview(part, read.place), status: 409 });
      }
      return showPart(c, who, part, { typed: fields, seen, preview: preview(part, read.place) });
    }));
  }

  async function showAll(c: Context, who: LoggedIn): Promise<Response> {
    const { conflicts } = live.laid();
    const section = (part: Part): Html => html`<section class="sheet"><div class="row">
<h2 class="grow">${say(`place.part.${part}`)}</h2>${isHead(who) ? html`<a class="btn" href="/staff/place/${part}" aria-label="${say('place.editPart', { part: say(`place.part.${part}`) })}">${icon('edit')}${say('place.edit')}</a>` : NOTHING}</div>${lines(sayPart(texts, live.place, part))}</section>`;
    const csrf = html`<input type="hidden" name="csrf" value="${who.csrf}">`;
    const body = html`<div class="head">
<h1>${say('place.title')}</h1><a class="btn" href="/staff/place/history">${icon('clock')}${say('place.history')}</a></div>
<div class="gap inbox">${c.req.query('told') === 'kept' ? notice('ok', say('place.told.kept')) : NOTHING}
<p class="quiet">${say('place.lead')}${isHead(who) ? NOTHING : html` ${say('place.headEdits')}`}</p>
${live.place.sample ? notice('soon', say('place.sample')) : NOTHING}
${conflicts.length === 0 ? NOTHING : html`<div class="tell soon" role="status">${icon('alert')}<div>
<p>${say('place.conflict', { sections: conflicts.map((each) => say(`place.section.${each}`)).join(', ') })}</p>${isHead(who) ? html`<form method="post" action="/staff/place/history" class="row">${csrf}${conflicts.map((each) => html`<button class="btn" name="do" value="mine:${each}" aria-label="${say('place.keepMine')}: ${say(`place.section.${each}`)}">${say('place.keepMine')}</button><button class="btn" name="do" value="file:${each}" aria-label="${say('place.takeFile')}: ${say(`place.section.${each}`)}">${say('place.takeFile')}</button>`)}</form>` : NOTHING}</div></div>`}
${PARTS.map(section)}${isHead(who) ? html`<p><a class="btn" href="/staff/place/place.yaml">${icon('load')}${say('place.export')}</a></p>` : NOTHING}</div>`;
    return send(c, page(look, { title: say('place.title'), at: 'place', waiting: await waitingFor(who), body }));
  }

  async function showPart(c: Context, who: LoggedIn, part: Part, shown: Shown): Promise<Response> {
    const title = say('place.editPart', { part: say(`place.part.${part}`) });
    const faults = new Map((shown.faults ?? []).map((fault): [string, string] => {
      const name = (shown.fieldOf ?? ((path: string) => path))(fault.field);
      const got = shown.typed.get(name) ?? '';
      const expected = sayWanted(texts, fault.expected);
      return [name, got === '' ? say('place.faultEmpty', { expected }) : say('place.fault', { got, expected })];
    }));
    const body = html`<div class="head"><a class="btn back" href="/staff/place" aria-label="${say('place.back')}">${icon('back')}</a><h1>${title}</h1></div>
<div class="gap inbox">${shown.told ?? NOTHING}${faults.size === 0 ? NOTHING : notice('late', say('place.faults', { count: faults.size }))}
<form class="sheet compose" method="post" action="/staff/place/${part}"><input type="hidden" name="csrf" value="${who.csrf}">
<input type="hidden" name="seen" value="${shown.seen ?? seenPart(live.place, part)}">
${partFields(say, part, { typed: shown.typed, faults })}
<div class="row doings"><button class="btn" name="do" value="look">${say('place.look')}</button><button class="btn main" name="do" value="keep">${icon('check')}${say('place.keep')}</button></div></form>${shown.preview ?? NOTHING}</div>`;
    return send(c, page(look, { title, at: 'place', waiting: await waitingFor(who), body }), shown.status ?? 200);
  }

  async function showHistory(c: Context, who: LoggedIn): Promise<Response> {
    const edits = await pastEdits(changing, SHOWN_EDITS);
    const told = c.req.query('told');
    const csrf = html`<input type="hidden" name="csrf" value="${who.csrf}">`;
    const body = html`<div class="head"><a class="btn back" href="/staff/place" aria-label="${say('place.back')}">${icon('back')}</a>
<h1>${say('place.history')}</h1></div>
<div class="gap inbox">${told === 'back' ? notice('ok', say('place.told.back')) : told === 'unfit' ? notice('soon', say('place.told.unfit')) : NOTHING}
${edits.length === 0 ? html`<p class="sheet">${say('place.historyNone')}</p>` : edits.map((edit) => html`<section class="sheet">
<h2>${say(`place.section.${edit.section}`)}</h2>
<p class="quiet small">${say('place.by', { name: edit.by ?? say('place.somebody'), time: when(edit.atMs, look.nowMs()) })}${edit.holds ? html` · <b>${edit.value === null ? say('place.isFile') : say('place.holds')}</b>` : NOTHING}</p>${changes(changedLines(edit.section, edit.before, edit.after))}
${isHead(who) ? html`<form method="post" action="/staff/place/history" class="row">${csrf}${edit.holds ? html`<button class="btn" name="do" value="before:${edit.id}">${say('place.undo')}</button>${edit.value === null ? NOTHING : html`<button class="btn" name="do" value="file:${edit.section}">${say('place.toFile')}</button>`}` : html`<button class="btn" name="do" value="again:${edit.id}">${say('place.again')}</button>`}</form>` : NOTHING}</section>`)}</div>`;
    return send(c, page(look, { title: say('place.history'), at: 'place', waiting: await waitingFor(who), body }));
  }

  function changedLines(section: Section, before: Place, after: Place): Difference[] {
    const part = PARTS.find((each) => PART_SECTIONS[each].includes(section));
    return part === undefined ? [] : differences(sayPart(texts, before, part), sayPart(texts, after, part));
  }

  function preview(part: Part, next: Place): Html {
    const changed = differences(sayPart(texts, live.place, part), sayPart(texts, next, part));
    return html`<section class="sheet gap" role="status">
<h2>${say('place.changes')}</h2>${changed.length === 0 ? html`<p>${say('place.noChanges')}</p>` : changes(changed)}</section>${changed.length === 0 ? NOTHING : placePreview({ texts, say, part, now: live.place, next, cards: deps.knowledge.cards(look.nowMs()), nowMs: look.nowMs() })}`;
  }

  function changes(of: readonly Difference[]): Html {
    return html`<ul class="people">${of.map(({ name, before, after }) => html`<li><b>${name}</b>${before === null ? NOTHING : html`<p class="quiet">${say('place.was', { text: before })}</p>`}
<p>${say('place.now', { text: after ?? say('place.goes') })}</p></li>`)}</ul>`;
  }

  function lines(of: readonly Line[]): Html {
    return html`<ul class="people">${of.map(({ name, text }) => html`<li><span class="quiet small">${name}</span><br>${text}</li>`)}</ul>`;
  }

  /** What a press in the history asks for: what was before an edit, after it, the file, or what stands here against a newer file. */
  async function versionOf(wish: string): Promise<{ section: Section; value: string | null } | null> {
    const [kind = '', what = ''] = wish.split(':');
    const named = SECTIONS.find((each) => each === what);
    if (kind === 'file' && named !== undefined) return { section: named, value: null };
    if (kind === 'mine' && named !== undefined) return { section: named, value: sectionText(live.place, named) };
    const edit = (await pastEdits(changing, SHOWN_EDITS)).find(({ id }) => String(id) === what);
    if (edit === undefined) return null;
    if (kind === 'before') return { section: edit.section, value: sectionText(edit.before, edit.section) };
    return kind === 'again' ? { section: edit.section, value: edit.value } : null;
  }

  async function sayStale(part: Part): Promise<string> {
    const [latest] = (await pastEdits(changing, SHOWN_EDITS)).filter(({ section }) => PART_SECTIONS[part].includes(section));
    return say('place.stale', { name: latest?.by ?? say('place.somebody'), time: when(latest?.atMs ?? look.nowMs(), look.nowMs()) });
  }

  async function waitingFor(who: LoggedIn): Promise<number> {
    return (await store.read((tx) => countShelves(tx, actorOf(who)))).waiting;
  }
}

function isHead({ account }: LoggedIn): boolean {
  return account.role === 'head';
}
