import { html, raw } from 'hono/html';
import type { JoinFault, JoinForm } from '#bot/accounts/accounts.ts';
import { PASSWORD_LEAST, PASSWORD_MOST } from '#bot/accounts/password.ts';
import type { Account, StaffSession } from '#bot/store/accounts.ts';
import { DOMAINS, ROLES, type Domain, type Role } from '#bot/store/tables/staff.ts';
import { LANGS } from '#knowledge/lang.ts';
import { deviceOf } from './device.ts';
import { doorPage, NOTHING, page, sayer, type Html, type Look } from './frame.ts';
import { when } from './words.ts';

/** Pages at the door: logging in, making an account, setting up a code; and the account itself. */

export type LoginView = { told: Html; login: string; askCode: boolean; /** Where to go afterwards, and what was being written there, sealed. */ then: string; kept: string };

export function loginPage(look: Look, view: LoginView): Html {
  const say = sayer(look);
  return doorPage(look, say('login.title'), html`${view.told}<form class="sheet" method="post" action="/staff/login">
<p>${say('login.lead', { station: look.place.station.name })}</p>
<label for="login">${say('login.login')}</label><input class="field" id="login" name="login" autocomplete="username" autocapitalize="none" required value="${view.login}">
<label for="password">${say('login.password')}</label><input class="field" id="password" name="password" type="password" autocomplete="current-password" required>
${view.askCode ? html`<label for="code">${say('login.code')}</label><input class="field" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" aria-describedby="codehint">
<p class="hint" id="codehint">${say('login.codeHint')}</p>` : NOTHING}
<input type="hidden" name="then" value="${view.then}">${view.kept === '' ? NOTHING : html`<input type="hidden" name="kept" value="${view.kept}">`}
<button class="btn main">${say('login.go')}</button></form>`);
}

export function joinPage(look: Look, view: { name: string; role: Role; form: JoinForm | null; faults: JoinFault[]; action: string }): Html {
  const say = sayer(look);
  const fault = (field: keyof JoinForm): string | null => {
    const found = view.faults.find((each) => each.field === field);
    return found === undefined ? null : found.why === 'taken' ? say('join.fault.loginTaken') : say(`join.fault.${field}`, { least: PASSWORD_LEAST, most: PASSWORD_MOST });
  };
  const field = (name: keyof JoinForm, label: string, value: string, complete: string, hint: string, type: 'text' | 'password' = 'text'): Html => {
    const wrong = fault(name);
    return html`<label for="${name}">${label}</label><input class="field" id="${name}" name="${name}" type="${type}" autocomplete="${complete}" value="${value}" required aria-invalid="${wrong === null ? 'false' : 'true'}" aria-describedby="${name}-h">
<p class="${wrong === null ? 'hint' : 'err'}" id="${name}-h">${wrong ?? hint}</p>`;
  };
  return doorPage(look, view.name === '' ? say('join.setUp') : say('join.invited', { name: view.name }), html`<form class="sheet" method="post" action="${view.action}">
<p>${say('join.lead', { role: say(`role.${view.role}`) })}</p>
${field('name', say('join.name'), view.form?.name ?? view.name, 'name', '')}${field('title', say('join.titleField'), view.form?.title ?? '', 'organization-title', '')}
${field('login', say('login.login'), view.form?.login ?? '', 'username', say('join.loginHint'))}${field('password', say('login.password'), '', 'new-password', say('join.passwordHint', { least: PASSWORD_LEAST }), 'password')}
<button class="btn main">${say('join.go')}</button></form>`);
}

/** Opens the same address once more, from here. */
export function againPage(look: Look, path: string): Html {
  const say = sayer(look);
  return html`<!doctype html><html lang="vi"><head><meta charset="utf-8">
<meta http-equiv="refresh" content="0;url=${path}"><title>${say('brand')}</title></head><body><p><a href="${path}">${say('login.title')}</a></p></body></html>`;
}

export function usedLinkPage(look: Look): Html {
  const say = sayer(look);
  return doorPage(look, say('join.used'), html`<div class="sheet"><p>${say('join.usedHelp')}</p>
<p><a class="btn" href="/staff/login">${say('login.title')}</a></p></div>`);
}

export function codePage(look: Look, view: { csrf: string; secret: string; uri: string; must: boolean; wrong: boolean }): Html {
  const say = sayer(look);
  return doorPage(look, say('code.title'), html`<form class="sheet" method="post" action="/staff/code">${view.must ? html`<p>${say('code.must')}</p>` : NOTHING}
<p>${say('code.how')}</p>
<p><b class="link">${view.secret.replace(/(.{4})/gu, '$1 ').trim()}</b></p><p><a href="${view.uri}">${say('code.open')}</a></p>
<input type="hidden" name="csrf" value="${view.csrf}"><input type="hidden" name="secret" value="${view.secret}">
<label for="code">${say('code.field')}</label><input class="field" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required aria-invalid="${view.wrong ? 'true' : 'false'}"${NOTHING} aria-describedby="wrong">
<p class="err" id="wrong" role="alert">${view.wrong ? say('code.wrong') : ''}</p>
<button class="btn main">${say('code.go')}</button></form>`);
}

export type AccountView = { account: Account; csrf: string; sessionHash: string; sessions: StaffSession[]; people: Account[] | null; waiting: number; told: Html; link: { name: string; url: string } | null; /** Null: no messenger is configured. `code`: just made, to be shown once. */ messenger: { linked: boolean; code: string | null } | null };

export function accountPage(look: Look, view: AccountView): Html {
  const say = sayer(look);
  const { account } = view;
  const csrf = html`<input type="hidden" name="csrf" value="${view.csrf}">`;
  const named = (device: ReturnType<typeof deviceOf>): string => (device === null ? say('account.unknownAgent') : say('account.device', device));
  const session = (each: StaffSession): Html => html`<li><b>${named(deviceOf(each.agent))}</b>
<div class="row"><span class="quiet small">${each.idHash === view.sessionHash ? say('account.this') : say('account.seen', { time: when(each.seenMs, look.nowMs()) })}</span>
${each.idHash === view.sessionHash ? NOTHING : html`<form method="post" action="/staff/account/end-session">${csrf}<button class="btn" name="session" value="${each.idHash}">${say('account.end')}</button></form>`}</div></li>`;
  const body = html`<div class="head"><h1>${say('account.title')}</h1></div>${view.told}<div class="gap inbox">
<section class="sheet"><h2>${say('account.you', { name: account.name, title: account.title })}</h2><p>${say('account.login', { login: account.login })}</p>
<form method="post" action="/staff/account/languages">${csrf}<fieldset>
<legend>${say('account.languages')}</legend>${LANGS.map((lang) => html`<label class="opt"><input type="checkbox" name="lang" value="${lang}"${account.languages.includes(lang) ? raw(' checked') : NOTHING}>${say(`language.${lang}`)}</label>`)}</fieldset>
<p class="hint">${say('account.languagesHint')}</p><button class="btn">${say('account.languagesGo')}</button></form>
<p class="mini">${say(account.hasCode ? 'account.codeOn' : 'account.codeOff')}</p>
<div class="row mini">${account.hasCode ? NOTHING : html`<a class="btn" href="/staff/code">${say('account.codeSet')}</a>`}
<form method="post" action="/staff/logout">${csrf}<button class="btn">${say('account.out')}</button></form></div></section>
<section class="sheet"><h2>${say('account.sessions')}</h2><ul class="people">${view.sessions.map(session)}</ul></section>
${view.messenger === null ? NOTHING : messenger(look, view.messenger, csrf)}
${view.people === null ? NOTHING : people(look, view, view.people, csrf)}</div>`;
  return page(look, { title: say('account.title'), at: 'account', waiting: view.waiting, body });
}

function messenger(look: Look, { linked, code }: { linked: boolean; code: string | null }, csrf: Html): Html {
  const say = sayer(look);
  return html`<section class="sheet"><h2>${say('linking.title')}</h2>
<p>${say(linked ? 'linking.linked' : 'linking.lead')}</p>${code === null ? NOTHING : html`<div role="status"><p>${say('linking.code')}</p>
<p class="link"><b>/noi ${code}</b></p></div>`}
<div class="row mini">
<form method="post" action="/staff/account/link">${csrf}<button class="btn">${say('linking.go')}</button></form>${linked ? html`<form method="post" action="/staff/account/unlink">${csrf}<button class="btn stop">${say('linking.unlink')}</button></form>` : NOTHING}</div></section>`;
}

function people(look: Look, view: AccountView, all: Account[], csrf: Html): Html {
  const say = sayer(look);
  return html`<section class="sheet"><h2>${say('account.people')}</h2><ul class="people">${all.map((each) => html`<li><b>${each.name}</b>, ${each.title}
<div class="row"><span class="quiet small">${say(`role.${each.role}`)}: ${each.domains.map((domain: Domain) => say(`domain.${domain}`)).join(', ')}</span>${each.id === view.account.id ? NOTHING : html`<form method="post" action="/staff/account/end-account">${csrf}<button class="btn stop" name="account" value="${each.id}">${say('account.endPerson', { name: each.name })}</button></form>`}</div></li>`)}</ul></section>
<form class="sheet compose" method="post" action="/staff/account/invite">
<h2>${say('account.invite')}</h2>${csrf}${view.link === null ? NOTHING : html`<div role="status"><p>${say('account.link', { name: view.link.name })}</p>
<p class="link"><b>${view.link.url}</b></p></div>`}
<label for="name">${say('account.inviteName')}</label><input class="field" id="name" name="name" required autocomplete="off">
<label for="role">${say('account.inviteRole')}</label>
<select class="field" id="role" name="role">${ROLES.map((role) => html`<option value="${role}">${say(`role.${role}`)}</option>`)}</select>
<fieldset class="mini">
<legend>${say('account.inviteDomains')}</legend>${DOMAINS.map((domain) => html`<label class="opt"><input type="checkbox" name="domains" value="${domain}">${say(`domain.${domain}`)}</label>`)}</fieldset>
<div class="row"><button class="btn main">${say('account.inviteGo')}</button></div></form>`;
}
