import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { createMiddleware } from 'hono/factory';
import { beginSession, endSession, loggedIn, logIn, may, type LoggedIn } from '#bot/accounts/accounts.ts';
import { isFormToken, openForm, ownerOfForm, sealForm, type KeptForm } from '#bot/accounts/kept-form.ts';
import { sendPacked } from '#bot/channels/web/assets.ts';
import { createBuckets } from '#bot/channels/web/flood.ts';
import { isCrossSite, PAGE_HEADERS } from '#bot/channels/web/guard.ts';
import { rendered } from '#bot/channels/web/prose.ts';
import { DOCUMENT_BYTES } from '#bot/documents/read.ts';
import type { ZaloAccount } from '#bot/campaigns/ports.ts';
import type { Store } from '#bot/store/store.ts';
import type { WindowHours } from '#bot/tickets/window.ts';
import { countShelves } from '#bot/store/tickets.ts';
import type { LivePlace } from '#bot/place/live.ts';
import type { LiveKnowledge } from '#bot/conversation/open-knowledge.ts';
import type { Reply } from '#bot/conversation/turn.ts';
import type { Card } from '#knowledge/card.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Place } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import { addBasePages } from './base/pages.ts';
import { addCalendarPages } from './calendar/pages.ts';
import { addDocumentPages, DOCUMENTS_PATH } from './documents/pages.ts';
import { addDraftPage, type Writing } from './documents/writing.ts';
import { loadConsoleAssets } from './assets.ts';
import { addCampaignPages } from './campaigns.ts';
import { actorOf, addDeskPages, type DeskTools } from './desk-pages.ts';
import { addPlacePages } from './place/pages.ts';
import { addReportPages } from './report/pages.ts';
import { addAccountPages } from './accounts.ts';
import { againPage, loginPage, type LoginView } from './doors.ts';
import { morePage, NOTHING, notice, sayer, type Html, type Look } from './frame.ts';
import { fieldsOf, text } from './fields.ts';
import { hasTyped, keptAbove, onTop } from './kept.ts';
import { addNewsPages, type News } from './news.ts';
import { addOutbreakPages } from './outbreak.ts';
import { addRosterPages } from './roster.ts';
import { addTicketDeeds } from './ticket-deeds.ts';
import { addTranslatePages } from './translate/pages.ts';
import { addVoicePages, takesUploads, type ConsoleVoices } from './voices.ts';
import { UPLOAD_LIMIT_BYTES } from '#bot/voices/sound.ts';

/** What the console needs of the rest of the program. */
export type ConsoleDeps = {
  store: Store;
  texts: Texts;
  place: Place;
  /** The place with what the head changed over its file. */
  livePlace: LivePlace;
  /** The Zalo account, for plans of announcements. */
  zalo?: ZaloAccount | null;
  /** Rings when something changed that an open page may show. */
  news: News;
  clock: () => number;
  /** `PUBLIC_URL`; with https, the cookie is `Secure`. */
  publicUrl: string | null;
  /** The console can be reached from other machines: everybody needs a code besides the password. */
  exposed: boolean;
  addressOf: (c: Context) => string;
  /** A messenger is configured on which staff can be told and may answer. */
  messenger: boolean;
  /** For how many hours after a person's last word this channel takes answers of staff; null: for ever, or it is off. */
  replyWindowHours: WindowHours;
  knowledge: {
    card: (id: string, nowMs: number) => Card | undefined;
    /** Every card that may be shown on that day. */
    cards: (nowMs: number) => Card[];
    /** Ids of the cards nearest to a question, the nearest first. */
    nearest: (question: string, limit: number) => string[];
    /** A card's text with the place's own values. */
    fill: (text: string) => string;
    /** A card's text in another language where a speaker approved it; null for words that are no card's, or not approved. */
    inLanguage: (words: string, lang: Lang) => string | null;
  };
  /** Help with writing an answer. */
  writing: Writing;
  /** A notice was pinned or taken down: resolves once this process tells it. */
  pinned: () => Promise<void>;
  /** Recordings, and what makes them. */
  voices: ConsoleVoices;
  base: {
    live: LiveKnowledge;
    /** Something was published: resolves once this process tells it. */
    published: () => Promise<void>;
    /** A card as a resident reads it. */
    preview: (card: Card) => Reply;
  };
  /** Something was written for a resident: the moment to send. */
  wake: () => void;
  /** A ticket changed hands, or what the station says again did. */
  changed: () => void;
};

const COOKIE = 'loa_staff';
const BODY_LIMIT_BYTES = 64 * 1024;
const TICKET = /^\/staff\/ticket\/(\d{1,15})$/u;
/** A sealed form is larger than the form, however well it packs. */
const KEPT_LIMIT = 3 * BODY_LIMIT_BYTES;

/** The console of the station's staff, everything under `/staff`. Mount it at the root of the application. */
export function createConsole(deps: ConsoleDeps): Hono {
  const { store, texts, clock } = deps;
  const secure = deps.publicUrl?.startsWith('https:') ?? false;
  const assets = loadConsoleAssets();
  const look: Look = { texts, place: deps.place, css: assets.css.path, js: assets.js.path, nowMs: clock };
  const say = sayer(look);
  const takeDoor = createBuckets(20, 0.2, 5_000);
  const app = new Hono();

  app.use('/staff/*', createMiddleware(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }));
  const small = bodyLimit({ maxSize: BODY_LIMIT_BYTES });
  const login = bodyLimit({ maxSize: KEPT_LIMIT + BODY_LIMIT_BYTES });
  const uploads = bodyLimit({ maxSize: UPLOAD_LIMIT_BYTES + BODY_LIMIT_BYTES, onError: (c) => c.text(say('voice.fault.too-large', { megabytes: UPLOAD_LIMIT_BYTES / 1024 / 1024 }), 413) });
  // A document is larger than any form, and its edges come on top.
  const documents = bodyLimit({ maxSize: DOCUMENT_BYTES + BODY_LIMIT_BYTES, onError: (c) => c.redirect(`${DOCUMENTS_PATH}?fault=too-big`, 303) });
  app.post('/staff/*', createMiddleware((c, next) => (isCrossSite(c, deps.publicUrl) ? Promise.resolve(c.text(say('problem.crossSite'), 403)) : next())), createMiddleware((c, next) => (c.req.path === DOCUMENTS_PATH ? documents : takesUploads(c.req.path) ? uploads : c.req.path === '/staff/login' ? login : small)(c, next)));

  const tools: DeskTools = { deps, look, inside, form, insideAny, formAny, send };
  const desk = addDeskPages(app, tools);
  addCampaignPages(app, tools);
  addRosterPages(app, tools);
  addOutbreakPages(app, tools);
  addDocumentPages(app, tools);
  addDraftPage(app, tools);
  addBasePages(app, tools);
  addCalendarPages(app, tools);
  addPlacePages(app, tools);
  addReportPages(app, tools);
  addTicketDeeds(app, tools, deps.changed);
  addNewsPages(app, tools, whoIs);
  addTranslatePages(app, tools);
  addVoicePages(app, tools, desk);
  const { showAccount } = addAccountPages(app, tools, { withAccount, withForm, letIn, knock: (c) => takeDoor(deps.addressOf(c), clock()) });

  app.get('/staff/login', (c) => door(c, { then: ownPath(c.req.query('then') ?? ''), told: c.req.query('out') === undefined ? NOTHING : notice('ok', say('login.out')) }));

  app.post('/staff/login', async (c) => {
    const fields = await fieldsOf(c);
    const view = { login: text(fields, 'login', 60), then: text(fields, 'then', 200), kept: text(fields, 'kept', KEPT_LIMIT), askCode: deps.exposed };
    const waitMs = takeDoor(deps.addressOf(c), clock());
    const result = waitMs > 0 ? { ok: false as const, why: 'wait' as const, waitMs } : await logIn(store, { login: view.login, password: text(fields, 'password', 400), code: text(fields, 'code', 20) }, clock());
    if (!result.ok) {
      const words = result.why === 'wait' ? say('login.wait', { seconds: Math.ceil(result.waitMs / 1000) }) : say(result.why === 'code' ? 'login.needCode' : 'login.wrong');
      return door(c, { ...view, askCode: view.askCode || result.why === 'code', told: notice('late', words) }, result.why === 'wait' ? 429 : 401);
    }
    const { who, cookie } = await letIn(c, result.account.id);
    const kept = openForm(store, view.kept, result.account.id, clock());
    if (kept !== null && who !== null && !mustSetCode(who)) return showAgain(c, who, cookie, kept, notice('ok', say('told.draft')), 200);
    return c.redirect(ownPath(view.then) === '' ? '/staff' : view.then, 303);
  });

  app.post('/staff/logout', (c) => withForm(c, async (who) => {
    await store.write((tx) => endSession(tx, who.account.id, who.sessionHash, 'logged-out'));
    deps.news.ring();
    deleteCookie(c, COOKIE, { path: '/staff', secure });
    return c.redirect('/staff/login?out=1', 303);
  }));

  // A form that carries a file asks here before it goes: the file stays in the browser when the login has ended meanwhile.
  app.post('/staff/renew', async (c) => {
    const given = (await fieldsOf(c)).get('csrf') ?? '';
    const who = await whoIs(c);
    if (who === null) return c.json({ say: say('problem.fileWaits'), go: say('login.title') }, 401);
    const isTheirs = isFormToken(given, who.csrf) || await ownerOfForm(store, given) === who.account.id;
    return isTheirs && !mustSetCode(who) ? c.json({ csrf: who.csrf }) : c.json({ say: say('problem.fileOther'), go: say('login.title') }, 403);
  });

  app.get('/staff/more', (c) => insideAny(c, async (who) => send(c, morePage(look, (await store.read((tx) => countShelves(tx, actorOf(who)))).waiting))));

  app.get('/staff/:file{console\\.[0-9a-f]{12}\\.(?:css|js)}', (c) => {
    const asset = c.req.path.endsWith('.css') ? assets.css : assets.js;
    c.header('Cache-Control', c.req.path === asset.path ? 'public, max-age=31536000, immutable' : 'no-cache');
    return sendPacked(c, asset.type, asset.body);
  });

  return app;

  /** The page of whoever is logged in; everybody else meets the door. */
  async function withAccount(c: Context, draw: (who: LoggedIn) => Promise<Response>): Promise<Response> {
    const who = await whoIs(c);
    if (who !== null) return draw(who);
    if (c.req.path === '/staff/news' || c.req.path === '/staff/events') return c.json({ say: say('problem.streamOver'), go: say('login.title') }, 401);
    // A link in another program brings no strict cookie; the page itself, loading once more, does.
    if (c.req.method === 'GET' && c.req.header('sec-fetch-site') === 'cross-site' && getCookie(c, COOKIE) === undefined) return send(c, againPage(look, c.req.path));
    return door(c, { then: c.req.path }, 401);
  }

  /** The same, once their code is set up where one is needed. */
  function insideAny(c: Context, draw: (who: LoggedIn) => Promise<Response>): Promise<Response> {
    return withAccount(c, (who) => (mustSetCode(who) ? Promise.resolve(c.redirect('/staff/code', 303)) : draw(who)));
  }

  function inside(c: Context, draw: (who: LoggedIn) => Promise<Response>): Promise<Response> {
    return insideAny(c, (who) => {
      if (may(who.account.role, 'answer')) return draw(who);
      // A translator has one desk; residents' words are none of it.
      return may(who.account.role, 'translate') ? Promise.resolve(c.redirect('/staff/translate', 303)) : showAccount(c, who, notice('soon', say('inbox.none')), null);
    });
  }

  async function withForm(c: Context, act: (who: LoggedIn, fields: URLSearchParams) => Promise<Response>): Promise<Response> {
    const fields = await fieldsOf(c);
    const who = await whoIs(c);
    const typed = { action: c.req.path, page: pageOf(c), fields: [...fields] };
    if (who === null) {
      const owner = await ownerOfForm(store, fields.get('csrf') ?? '');
      const kept = owner === null ? '' : sealForm(store, { ...typed, accountId: owner, atMs: clock() });
      const isFile = c.req.header('content-type')?.startsWith('multipart/form-data') === true;
      return door(c, { then: typed.page, kept, told: html`${notice('soon', say(kept === '' ? 'problem.gone' : 'problem.expired'))}${isFile ? notice('late', say('problem.fileLost')) : NOTHING}` }, 401);
    }
    if (isFormToken(fields.get('csrf') ?? '', who.csrf)) return act(who, fields);
    const owner = await ownerOfForm(store, fields.get('csrf') ?? '');
    // What another account was writing in this browser is not shown to this one; a token that nobody was given is no form of ours, but an answer is shown all the same.
    const isTheirs = owner === who.account.id || (owner === null && TICKET.test(typed.action));
    if (mustSetCode(who) || !isTheirs || !hasTyped(typed.fields)) return c.text(say('problem.form'), 403);
    return showAgain(c, who, getCookie(c, COOKIE) ?? '', typed, notice('soon', say('problem.form')), 409);
  }

  /** The page that a form stood on, drawn anew for this login, with what had been typed. Nothing is done by it. */
  async function showAgain(c: Context, who: LoggedIn, cookie: string, typed: Pick<KeptForm, 'action' | 'page' | 'fields'>, told: Html, status: 200 | 409): Promise<Response> {
    const ticket = TICKET.exec(typed.action);
    if (ticket !== null && may(who.account.role, 'answer')) return desk.showTicket(c, who, Number(ticket[1]), { text: new URLSearchParams(typed.fields).get('text') ?? '', told }, status);
    const draw = (path: string): Promise<Response> => Promise.resolve(app.fetch(new Request(new URL(path, c.req.url), { headers: { cookie: `${COOKIE}=${cookie}` } }), c.env));
    const page = await draw(typed.page);
    const drawn = page.status === 200 ? page : await draw('/staff');
    c.status(status);
    return sendPacked(c, 'text/html; charset=utf-8', onTop(await drawn.text(), await rendered(keptAbove(say, told, typed))));
  }

  function formAny(c: Context, act: (who: LoggedIn, fields: URLSearchParams) => Promise<Response>): Promise<Response> {
    return withForm(c, (who, fields) => (mustSetCode(who) ? Promise.resolve(c.redirect('/staff/code', 303)) : act(who, fields)));
  }

  function form(c: Context, act: (who: LoggedIn, fields: URLSearchParams) => Promise<Response>): Promise<Response> {
    return formAny(c, (who, fields) => (may(who.account.role, 'answer') ? act(who, fields) : Promise.resolve(c.text(say('problem.forbidden'), 403))));
  }

  function mustSetCode(who: LoggedIn): boolean {
    return deps.exposed && !who.account.hasCode;
  }

  async function whoIs(c: Context): Promise<LoggedIn | null> {
    const cookie = getCookie(c, COOKIE);
    return cookie === undefined ? null : loggedIn(store, cookie, clock());
  }

  async function letIn(c: Context, accountId: string): Promise<{ who: LoggedIn | null; cookie: string }> {
    const cookie = await store.write((tx) => beginSession(tx, accountId, c.req.header('user-agent') ?? ''));
    setCookie(c, COOKIE, cookie, { path: '/staff', httpOnly: true, sameSite: 'Strict', secure });
    return { who: await loggedIn(store, cookie, clock()), cookie };
  }

  function door(c: Context, view: Partial<LoginView>, status: 200 | 401 | 429 = 200): Promise<Response> {
    return send(c, loginPage(look, { told: NOTHING, login: '', askCode: deps.exposed, then: '', kept: '', ...view }), status);
  }

  async function send(c: Context, body: Html, status: 200 | 400 | 401 | 403 | 404 | 409 | 429 = 200): Promise<Response> {
    c.status(status);
    return sendPacked(c, 'text/html; charset=utf-8', await rendered(body));
  }
}

/** The page that a form stands on: where it says it comes from, otherwise where it goes. */
function pageOf(c: Context): string {
  const from = c.req.header('referer') ?? '';
  const { pathname, search } = new URL(URL.canParse(from) ? from : '/', c.req.url);
  const own = ownPath(`${pathname}${search}`);
  return own === '' || own.startsWith('/staff/login') ? c.req.path : own;
}

/** A path of the console's own, to go on to; empty for anything else. */
function ownPath(path: string): string {
  return /^\/staff(?:[/?][\w\-./?=&%]*)?$/u.test(path) ? path.slice(0, 200) : '';
}
