import type { Context, Hono } from 'hono';
import { endSession, invitationOf, invite, join, may, SESSION_IDLE_MS, setUpCode, type LoggedIn } from '#bot/accounts/accounts.ts';
import { newSecret, secretUri } from '#bot/accounts/totp.ts';
import { endAccount, listAccounts, sessionsOf, setLanguages } from '#bot/store/accounts.ts';
import { record } from '#bot/store/audit.ts';
import { linkedAccounts, newLinkCode, unlink } from '#bot/store/staff-links.ts';
import { DOMAINS, ROLES } from '#bot/store/tables/staff.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { LANGS } from '#knowledge/lang.ts';
import { actorOf, type DeskTools } from './desk-pages.ts';
import { accountPage, codePage, joinPage, usedLinkPage } from './doors.ts';
import { fieldsOf, text } from './fields.ts';
import { NOTHING, notice, sayer, type Html } from './frame.ts';

/** Who works here: the link that makes an account, the code beside the password, and the account's own page. */

export type AccountTools = {
  /** The page of whoever is logged in, before their code is asked for. */
  withAccount: DeskTools['inside'];
  withForm: DeskTools['form'];
  /** Begins a login in this browser. */
  letIn: (c: Context, accountId: string) => Promise<unknown>;
  /** How long whoever stands at the door has to wait; 0 for not at all. */
  knock: (c: Context) => number;
};

export type ShowAccount = (c: Context, who: LoggedIn, told: Html, link: { name: string; url: string } | null, code?: string | null) => Promise<Response>;

export function addAccountPages(app: Hono, { deps, look, insideAny, formAny, send }: DeskTools, { withAccount, withForm, letIn, knock }: AccountTools): { showAccount: ShowAccount } {
  const { store } = deps;
  const say = sayer(look);

  app.get('/staff/join/:token', async (c) => {
    const token = c.req.param('token');
    const invitation = await store.read((tx) => invitationOf(tx, token));
    return invitation === null ? send(c, usedLinkPage(look), 404) : send(c, joinPage(look, { ...invitation, form: null, faults: [], action: c.req.path }));
  });

  app.post('/staff/join/:token', async (c) => {
    const token = c.req.param('token');
    if (knock(c) > 0) return c.text(say('login.wait', { seconds: 60 }), 429);
    const fields = await fieldsOf(c);
    const filled = { login: text(fields, 'login', 60), name: text(fields, 'name', 60), title: text(fields, 'title', 60), password: text(fields, 'password', 400) };
    const made = await join(store, token, filled);
    if (made.ok) {
      await letIn(c, made.account.id);
      return c.redirect('/staff', 303);
    }
    const invitation = await store.read((tx) => invitationOf(tx, token));
    return invitation === null || made.faults.length === 0 ? send(c, usedLinkPage(look), 404) : send(c, joinPage(look, { ...invitation, form: filled, faults: made.faults, action: c.req.path }), 400);
  });

  app.get('/staff/code', (c) => withAccount(c, (who) => showCode(c, who, newSecret(), false)));
  app.post('/staff/code', (c) => withForm(c, async (who, fields) => {
    const secret = text(fields, 'secret', 64);
    // Whoever has a code keeps it: a borrowed browser must not be able to put another in its place.
    if (who.account.hasCode) return c.redirect('/staff/account', 303);
    const right = await store.write((tx) => setUpCode(tx, who.account.id, secret, text(fields, 'code', 20)));
    return right ? c.redirect('/staff', 303) : showCode(c, who, secret, true);
  }));

  app.get('/staff/account', (c) => insideAny(c, (who) => showAccount(c, who, NOTHING, null)));
  app.post('/staff/account/end-session', (c) => formAny(c, async (who, fields) => {
    await store.write((tx) => endSession(tx, who.account.id, text(fields, 'session', 64), 'session-ended'));
    deps.news.ring();
    return c.redirect('/staff/account', 303);
  }));
  app.post('/staff/account/link', (c) => formAny(c, async (who) => showAccount(c, who, NOTHING, null, await store.write((tx) => newLinkCode(tx, who.account.id)))));
  app.post('/staff/account/unlink', (c) => formAny(c, async (who) => {
    await store.write((tx) => unlink(tx, who.account.id));
    return c.redirect('/staff/account', 303);
  }));
  app.post('/staff/account/languages', (c) => formAny(c, async (who, fields) => {
    await store.write((tx) => setLanguages(tx, who.account.id, LANGS.filter((lang) => fields.getAll('lang').includes(lang))));
    return c.redirect('/staff/account', 303);
  }));
  app.post('/staff/account/invite', (c) => formAny(c, async (who, fields) => {
    const name = text(fields, 'name', 60).trim();
    const role = ROLES.find((known) => known === fields.get('role'));
    const domains = DOMAINS.filter((domain) => fields.getAll('domains').includes(domain));
    if (!may(who.account.role, 'manage-accounts') || role === undefined || name === '') return c.text(say('problem.forbidden'), 403);
    const token = await store.write((tx) => invite(tx, { name, role, domains, byAccount: who.account.id }));
    return showAccount(c, who, NOTHING, { name, url: `${deps.publicUrl ?? new URL(c.req.url).origin}/staff/join/${token}` });
  }));
  app.post('/staff/account/end-account', (c) => formAny(c, async (who, fields) => {
    const accountId = text(fields, 'account', 64);
    if (!may(who.account.role, 'manage-accounts') || accountId === who.account.id) return c.text(say('problem.forbidden'), 403);
    await store.write(async (tx) => {
      await endAccount(tx, accountId);
      await record(tx, { accountId: who.account.id, what: 'account-ended', detail: accountId });
    });
    deps.news.ring();
    return showAccount(c, who, notice('ok', say('account.ended')), null);
  }));

  return { showAccount };

  function showCode(c: Context, who: LoggedIn, secret: string, wrong: boolean): Promise<Response> {
    if (who.account.hasCode) return Promise.resolve(c.redirect('/staff/account', 303));
    return send(c, codePage(look, { csrf: who.csrf, secret, uri: secretUri(secret, who.account.login, deps.place.station.name), must: deps.exposed, wrong }), wrong ? 400 : 200);
  }

  async function showAccount(c: Context, who: LoggedIn, told: Html, link: { name: string; url: string } | null, code: string | null = null): Promise<Response> {
    const found = await store.read(async (tx) => ({
      messenger: deps.messenger ? { linked: (await linkedAccounts(tx)).find((each) => each.id === who.account.id)?.userId != null, code } : null,
      sessions: await sessionsOf(tx, who.account.id, SESSION_IDLE_MS),
      people: may(who.account.role, 'manage-accounts') ? await listAccounts(tx) : null,
      waiting: (await countShelves(tx, actorOf(who))).waiting,
    }));
    return send(c, accountPage(look, { ...found, account: who.account, csrf: who.csrf, sessionHash: who.sessionHash, told, link }));
  }
}
