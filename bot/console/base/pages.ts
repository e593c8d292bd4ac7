import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { may, type LoggedIn } from '#bot/accounts/accounts.ts';
import { backToFile, checkForm, draftOf, formToEdit, publishCard, saveDraft, seenPrint, toldNow, type Editing } from '#bot/base/edit.ts';
import { CARD_FIELDS, cardFormSchema, cardFrom, emptyForm, formOf, OWN_TOPIC, type CardForm } from '#bot/base/form.ts';
import { tryQuestion, type Trial } from '#bot/base/trial.ts';
import { sayFault } from '#bot/knowledge-faults.ts';
import { loadPrivateWords } from '#bot/llm/redact.ts';
import { record } from '#bot/store/audit.ts';
import { changeOutside, dropDraft, drafts, outsideQuestions, revisionById, revisionsOf, type StoredRevision } from '#bot/store/revisions.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { parseCard } from '#knowledge/card.ts';
import { dayOf } from '#knowledge/day.ts';
import { createOpenJudge } from '#knowledge/judge.ts';
import type { Fault } from '#knowledge/load.ts';
import { actorOf, type DeskTools } from '../desk-pages.ts';
import { icon, NOTHING, notice, page, sayer, type Html } from '../frame.ts';
import { editor, revisionList, type SaidFault } from './editor.ts';
import { addLearning } from './from-ticket.ts';
import { cardList, listCards, outsideList, SHELVES, type BaseShelf } from './list.ts';
import { tryPanel } from './panel.ts';

/** The base: every card, what is to be done about it, the editor, and a question tried out. */

const TRY_LIMIT = 300;
const FIELD_LIMIT = 12_000;

type Shown = { form: CardForm; told?: Html; faults?: readonly Fault[]; preview?: boolean; trial?: Trial | null; question?: string; status?: 200 | 400 | 409 };

export function addBasePages(app: Hono, tools: DeskTools): void {
  const { deps, look, inside, form, send } = tools;
  const { store, texts } = deps;
  const { live, published, preview } = deps.base;
  const say = sayer(look);
  const editing: Editing = { store, knowledge: live, published, hidden: loadPrivateWords(() => deps.place.villages.flatMap(({ name, aliases }) => [name, ...aliases])) };

  addLearning(app, tools, editing);

  app.get('/staff/base', (c) => inside(c, async (who) => {
    const shelf: BaseShelf = SHELVES.find((known) => known === c.req.query('show')) ?? 'look';
    return showList(c, who, { shelf, words: (c.req.query('q') ?? '').slice(0, 200), told: toldOf(c), trial: null, question: '' });
  }));

  app.get('/staff/base/try', (c) => inside(c, (who) => {
    const question = (c.req.query('try') ?? '').slice(0, TRY_LIMIT);
    const trial = question.trim() === '' ? null : tryQuestion(live.open(), question, { nowMs: look.nowMs(), answerFrom: live.understanding().calibration.answerFrom });
    return showList(c, who, { shelf: 'look', words: '', told: NOTHING, trial, question });
  }));

  app.get('/staff/base/new', (c) => inside(c, (who) => showEditor(c, who, { form: emptyForm(look.nowMs(), `${OWN_TOPIC}.${Math.floor(look.nowMs() / 1000).toString(36)}`) })));

  app.get('/staff/base/card/:id{[a-z0-9.-]{3,80}}', (c) => inside(c, async (who) => {
    const id = c.req.param('id');
    const revision = numberOf(c.req.query('rev'));
    const former = revision === null ? null : await store.read((tx) => revisionById(tx, revision));
    const chosen = former?.cardId === id ? formOfRevision(former) : null;
    const current = chosen ?? await formToEdit(editing, id);
    if (current === null) return c.text(say('base.noCard'), 404);
    return showEditor(c, who, { form: current, told: chosen === null ? toldOf(c) : notice('soon', say('base.told.former')) });
  }));

  app.get('/staff/base/card/:id{[a-z0-9.-]{3,80}}/revisions', (c) => inside(c, async (who) => {
    const id = c.req.param('id');
    const revisions = await store.read((tx) => revisionsOf(tx, id));
    const current = revisions.find(({ state }) => state === 'published')?.id ?? null;
    const title = toldNow(live, id)?.question ?? id;
    const body = html`<div class="head"><a class="btn back" href="/staff/base/card/${id}" aria-label="${say('base.backToCard')}">${icon('back')}</a>
<h1>${say('base.revisionsOf', { title })}</h1></div>${revisionList(look, say, id, revisions, current)}
<p class="row"><a class="btn" href="/staff/base/card/${id}">${say('base.backToCard')}</a></p>`;
    return send(c, page(look, { title: say('base.revisionsOf', { title }), at: 'base', waiting: await waitingFor(who), body }));
  }));

  app.post('/staff/base/card/:id{[a-z0-9.-]{3,80}}', (c) => form(c, async (who, fields) => {
    const id = c.req.param('id');
    const wish = fields.get('do') ?? '';
    const accountId = who.account.id;
    const back = (told: string): Response => c.redirect(`/staff/base/card/${id}?told=${told}`, 303);
    const forbidden = (): Response => c.text(say('problem.forbidden'), 403);
    if (wish === 'drop') {
      await store.write(async (tx) => {
        await dropDraft(tx, id);
        await record(tx, { accountId, what: 'card-dropped', detail: id });
      });
      return toldNow(live, id) === undefined ? c.redirect('/staff/base?told=dropped', 303) : back('dropped');
    }
    if (wish === 'file') {
      if (!publishes(who)) return forbidden();
      await backToFile(editing, id, accountId);
      return back('file');
    }
    if (wish === 'keep') {
      const told = toldNow(live, id);
      if (!publishes(who)) return forbidden();
      if (told === undefined || await publishCard(editing, told, { accountId, seen: seenPrint(told), what: 'card-published' }) === 'stale') return back('stale');
      return back('kept');
    }
    const typed = readForm(fields, id);
    switch (wish) {
      case 'save':
        await saveDraft(editing, typed, { accountId, ticketId: (await draftOf(store, id))?.ticketId ?? null });
        return back('saved');
      case 'look':
        return showEditor(c, who, { form: typed, faults: (await checkForm(live, typed, look.nowMs())).faults, preview: true });
      case 'try':
        return showEditor(c, who, { form: typed, ...tried(typed, fields) });
      case 'add-variant': {
        const question = (fields.get('try') ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim().slice(0, TRY_LIMIT);
        return showEditor(c, who, { form: question === '' ? typed : { ...typed, variants: `${typed.variants.trimEnd()}\n${question}` }, question, told: notice('ok', say('base.told.added')) });
      }
      case 'publish': {
        if (!publishes(who)) return forbidden();
        const { card, faults } = await checkForm(live, typed, look.nowMs());
        if (card === null || faults.some(({ severity }) => severity === 'error')) return showEditor(c, who, { form: typed, faults, preview: card !== null, status: 400 });
        const result = await publishCard(editing, card, { accountId, seen: fields.get('seen') ?? '', what: 'card-published' });
        if (result === 'done') return back('published');
        return showEditor(c, who, { form: typed, told: notice('soon', say('base.stale', { name: (await lastWriter(id)) ?? say('base.somebody') })), status: 409 });
      }
      default:
        return showEditor(c, who, { form: typed, status: 400 });
    }
  }));

  app.post('/staff/base/card/:id{[a-z0-9.-]{3,80}}/sign', (c) => form(c, async (who, fields) => {
    const id = c.req.param('id');
    const card = toldNow(live, id);
    if (!signs(who) || card === undefined || fields.get('read') !== 'yes') return c.text(say('problem.forbidden'), 403);
    const today = dayOf(look.nowMs());
    const result = await publishCard(editing, { ...card, review: { status: 'signed', by: who.account.name, role: who.account.title, on: today } }, { accountId: who.account.id, seen: fields.get('seen') ?? '', what: 'card-signed' });
    return c.redirect(`/staff/base/card/${id}?told=${result === 'done' ? 'signed' : 'stale'}`, 303);
  }));

  app.post('/staff/base/outside', (c) => form(c, async (who, fields) => {
    const id = numberOf(fields.get('id') ?? undefined);
    if (!publishes(who) || id === null) return c.text(say('problem.forbidden'), 403);
    await store.write(async (tx) => {
      await changeOutside(tx, id, fields.get('do') === 'publish' ? 'published' : 'dropped');
      await record(tx, { accountId: who.account.id, what: fields.get('do') === 'publish' ? 'outside-added' : 'outside-dropped' });
    });
    await published();
    return c.redirect('/staff/base?show=outside', 303);
  }));

  async function showList(c: Context, who: LoggedIn, view: { shelf: BaseShelf; words: string; told: Html; trial: Trial | null; question: string }): Promise<Response> {
    const { pending, outside } = await kept();
    const cards = listCards(say, live.base(), pending, titleOfDraft, dayOf(look.nowMs()));
    const list = html`<section class="sheet pad0" aria-label="${say('base.cards')}">${cardList(say, { cards, shelf: view.shelf, words: view.words, current: null, outside: outside.length })}${view.shelf === 'outside' ? html`<div class="find">
<p>${say('base.outside.lead')}</p>${outsideList(say, who.csrf, outside, publishes(who))}</div>` : NOTHING}</section>`;
    const tries = tryPanel(say, { trial: view.trial, question: view.question, titleOf, form: null, mayAdd: false });
    const body = html`<div class="head">
<h1>${say('base.title')}</h1><span class="quiet small num only-wide">${say('base.live', { count: live.base().cards.length })}</span><a class="btn main" href="/staff/base/new">${icon('plus')}${say('base.newCard')}</a></div>${view.told}
${view.trial === null ? html`<div class="cols b2">${list}${tries}</div>` : html`<div class="cols b2 tried">${tries}${list}</div>`}`;
    return send(c, page(look, { title: say('base.title'), at: 'base', waiting: await waitingFor(who), body }));
  }

  async function showEditor(c: Context, who: LoggedIn, shown: Shown): Promise<Response> {
    const { form: typed } = shown;
    const told = toldNow(live, typed.id);
    const [draft, { pending, outside }, revisions] = await Promise.all([draftOf(store, typed.id), kept(), store.read((tx) => revisionsOf(tx, typed.id))]);
    const base = live.base();
    const card = shown.preview === true ? cardFrom(typed, told) : null;
    const view = editor(look, say, {
      csrf: who.csrf, form: typed, told, seen: seenPrint(told),
      faults: (shown.faults ?? []).map((fault): SaidFault => { const { field, expected } = sayFault(texts, fault); return { field: fault.field, words: `${field === fault.field ? '' : `${field}: `}${expected}.`, severity: fault.severity }; }),
      preview: card?.ok === true ? preview(card.card) : null,
      publishes: publishes(who), signer: signs(who) ? { name: who.account.name, title: who.account.title } : null,
      conflict: base.conflicts.find(({ cardId }) => cardId === typed.id) ?? null,
      draft: draft === null ? null : { by: draft.by, atMs: draft.atMs },
      hasFile: base.fromFiles.has(typed.id), revisions: revisions.length, isNew: told === undefined,
    });
    const cards = listCards(say, base, pending, titleOfDraft, dayOf(look.nowMs()));
    const title = typed.question === '' ? say('base.newCard') : typed.question;
    const body = html`<div class="head"><a class="btn back" href="/staff/base" aria-label="${say('base.back')}">${icon('back')}</a>
<h1>${say('base.title')}</h1></div>${shown.told ?? NOTHING}
<div class="cols b3">
<section class="sheet pad0 only-wide" aria-label="${say('base.cards')}">${cardList(say, { cards, shelf: 'look', words: '', current: typed.id, outside: outside.length })}</section>
<div class="gap">${view}</div>${tryPanel(say, { trial: shown.trial ?? null, question: shown.question ?? '', titleOf, form: 'edit', mayAdd: true })}</div>`;
    return send(c, page(look, { title, at: 'base', waiting: await waitingFor(who), body }), shown.status ?? 200);
  }

  /** Tries the question on the base with the card as it is typed; where that is no card yet, on the base as it is. */
  function tried(typed: CardForm, fields: URLSearchParams): { trial: Trial | null; question: string } {
    const question = (fields.get('try') ?? '').slice(0, TRY_LIMIT);
    if (question.trim() === '') return { trial: null, question };
    const read = cardFrom(typed, undefined);
    const understanding = live.understanding();
    const open = read.ok ? createOpenJudge([...live.base().cards.filter(({ id }) => id !== typed.id), read.card], understanding) : live.open();
    return { question, trial: tryQuestion(open, question, { nowMs: look.nowMs(), answerFrom: understanding.calibration.answerFrom }) };
  }

  function kept(): Promise<{ pending: StoredRevision[]; outside: Awaited<ReturnType<typeof outsideQuestions>> }> {
    return store.read(async (tx) => ({ pending: await drafts(tx), outside: await outsideQuestions(tx) }));
  }

  async function lastWriter(id: string): Promise<string | null> {
    return (await store.read((tx) => revisionsOf(tx, id))).find(({ state }) => state === 'published')?.accountName ?? null;
  }

  async function waitingFor(who: LoggedIn): Promise<number> {
    return (await store.read((tx) => countShelves(tx, actorOf(who)))).waiting;
  }

  function titleOf(id: string): string {
    return toldNow(live, id)?.question ?? id;
  }

  function titleOfDraft(draft: StoredRevision): string {
    return formOfRevision(draft)?.question ?? '';
  }

  function toldOf(c: Context): Html {
    const told = TOLD.find((known) => known === c.req.query('told'));
    return told === undefined ? NOTHING : notice(told === 'stale' ? 'soon' : 'ok', say(`base.told.${told}`));
  }
}

const TOLD = ['saved', 'published', 'signed', 'dropped', 'file', 'kept', 'stale', 'drafted', 'variant', 'outside', 'outsideWaits'] as const;

export function publishes({ account }: LoggedIn): boolean {
  return may(account.role, 'publish');
}

/** A clinical part is signed by who answers questions of health. */
function signs(who: LoggedIn): boolean {
  return publishes(who) && who.account.domains.includes('health');
}

function readForm(fields: URLSearchParams, id: string): CardForm {
  const typed = Object.fromEntries(CARD_FIELDS.map((field) => [field, (fields.get(field) ?? '').replaceAll('\r\n', '\n').normalize('NFC').slice(0, FIELD_LIMIT)]));
  return cardFormSchema.parse({ ...typed, id, topic: typed['topic'] === '' || typed['topic'] === undefined ? OWN_TOPIC : typed['topic'] });
}

function formOfRevision(revision: StoredRevision): CardForm | null {
  if (revision.text === null) return null;
  if (revision.state === 'draft') return cardFormSchema.safeParse(JSON.parse(revision.text)).data ?? null;
  const read = parseCard(revision.text);
  return read.ok ? formOf(read.card) : null;
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/u.test(text) ? Number(text) : null;
}
