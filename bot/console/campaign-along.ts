import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { may, type LoggedIn } from '#bot/accounts/accounts.ts';
import type { AlongVoice } from '#bot/campaigns/along.ts';
import type { CampaignPorts, CampaignProblem } from '#bot/campaigns/campaigns.ts';
import { SPOKEN_LANGS } from '#bot/campaigns/content.ts';
import { enclosePicture, encloseVoice } from '#bot/campaigns/enclosing.ts';
import { makePicture, PICTURE_UPLOAD_BYTES } from '#bot/campaigns/picture.ts';
import type { KeptPicture } from '#bot/store/campaign-pictures.ts';
import type { DeskTools } from './desk-pages.ts';
import { icon, NOTHING, notice, sayer, type Html, type Look } from './frame.ts';
import { recorder, soundFault, uploadedSound } from './voices.ts';

/** The picture and the readings aloud of an announcement: put to a draft, heard and seen on its page, taken away again. */

export type AlongView = { id: number; csrf: string; picture: KeptPicture | null; voices: readonly AlongVoice[]; mayChange: boolean };

export function alongSheet(look: Look, { id, csrf, picture, voices, mayChange }: AlongView): Html {
  const say = sayer(look);
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}">`;
  const away = (what: string): Html => (mayChange ? html`<form method="post" action="/staff/campaign/${id}/along">${hidden}<button class="btn" name="drop" value="${what}">${icon('x')}${say('campaign.along.drop')}</button></form>` : NOTHING);
  const language = (lang: (typeof SPOKEN_LANGS)[number]): string => look.texts.say('vi', `chat:languageName.${lang}`);
  if (!mayChange && picture === null && voices.length === 0) return NOTHING;
  return html`<section class="sheet"><h2>${say('campaign.along.title')}</h2>
${picture === null ? NOTHING : html`<div class="along"><img src="/hinh/${picture.id}" alt="${picture.alt}">
<p class="quiet">${picture.alt}</p>${away('picture')}</div>`}
${voices.map((voice) => html`<div class="along">
<p><b>${language(voice.lang)}</b>: ${voice.speaker}</p>${voice.stale ? html`<p class="tell soon">${icon('alert')}<span>${say('campaign.along.stale')}</span></p>` : NOTHING}
<audio controls preload="none" src="/nghe/${voice.address}/giong"></audio>${away(`voice-${voice.lang}`)}</div>`)}
${mayChange ? html`<details><summary>${icon('edit')}${say('campaign.along.addPicture')}</summary>
<form class="compose" method="post" action="/staff/campaign/${id}/picture" enctype="multipart/form-data">${hidden}
<label for="picture">${say('campaign.along.file')}</label><input class="field" type="file" id="picture" name="picture" accept="image/jpeg,image/png,image/webp" required>
<p class="hint">${say('campaign.along.fileHint')}</p>
<label for="alt">${say('campaign.along.alt')}</label><input class="field" id="alt" name="alt" maxlength="300" required>
<p class="hint">${say('campaign.along.altHint')}</p><div class="row"><button class="btn">${say('campaign.along.keep')}</button></div></form></details>
<details><summary>${icon('mic')}${say('campaign.along.addVoice')}</summary>
<form class="compose" method="post" action="/staff/campaign/${id}/voice" enctype="multipart/form-data">${hidden}
<label for="voiceLang">${say('campaign.along.lang')}</label>
<select class="field" id="voiceLang" name="lang">${SPOKEN_LANGS.map((lang) => html`<option value="${lang}">${language(lang)}</option>`)}</select>
<label for="speaker">${say('campaign.along.speaker')}</label><input class="field" id="speaker" name="speaker" maxlength="100" required>
<p class="hint">${say('campaign.along.speakerHint')}</p>${recorder(say, 'campaignVoice')}
<div class="row"><button class="btn">${say('campaign.along.keep')}</button></div></form></details>` : NOTHING}</section>`;
}

export type AlongTools = { ports: CampaignPorts; tools: DeskTools; showOne: (c: Context, who: LoggedIn, told: Html, code?: 200 | 400 | 409) => Promise<Response>; problem: (it: CampaignProblem) => Html };

export function addAlongPages(app: Hono, { ports, tools: { deps, look, formAny }, showOne, problem }: AlongTools): void {
  const say = sayer(look);
  const idOf = (c: Context): number => Number(c.req.param('id'));

  app.post('/staff/campaign/:id{[0-9]{1,15}}/picture', (c) => formAny(c, async (who, fields) => {
    if (!may(who.account.role, 'broadcast')) return c.text(say('problem.forbidden'), 403);
    const alt = (fields.get('alt') ?? '').normalize('NFC').trim().slice(0, 300);
    const file = (await c.req.formData().catch(() => new FormData())).get('picture');
    if (alt.length < 2) return showOne(c, who, notice('late', say('campaign.along.needsAlt')), 400);
    const made = file instanceof File && file.size <= PICTURE_UPLOAD_BYTES ? await makePicture(new Uint8Array(await file.arrayBuffer())) : { ok: false as const, why: file instanceof File ? 'too-large' as const : 'empty' as const };
    if (!made.ok) return showOne(c, who, notice('late', deps.texts.say('vi', `cli:campaign.pictureFault.${made.why}`)), 400);
    return back(c, who, await enclosePicture(ports, idOf(c), { ...made.picture, alt }, { accountId: who.account.id }));
  }));

  app.post('/staff/campaign/:id{[0-9]{1,15}}/voice', (c) => formAny(c, async (who, fields) => {
    if (!may(who.account.role, 'broadcast')) return c.text(say('problem.forbidden'), 403);
    const lang = SPOKEN_LANGS.find((known) => known === fields.get('lang'));
    const speaker = (fields.get('speaker') ?? '').normalize('NFC').trim().slice(0, 100);
    if (lang === undefined || speaker.length < 2) return showOne(c, who, notice('late', say('campaign.along.needsSpeaker')), 400);
    const taken = await uploadedSound(c, deps.voices.maker);
    if (!taken.ok) return showOne(c, who, notice('late', soundFault(say, taken.why)), 400);
    const done = await encloseVoice(ports, idOf(c), lang, { speaker, sound: taken.sound }, { accountId: who.account.id });
    await deps.voices.refresh();
    return back(c, who, done);
  }));

  app.post('/staff/campaign/:id{[0-9]{1,15}}/along', (c) => formAny(c, async (who, fields) => {
    if (!may(who.account.role, 'broadcast')) return c.text(say('problem.forbidden'), 403);
    const lang = SPOKEN_LANGS.find((known) => fields.get('drop') === `voice-${known}`);
    const by = { accountId: who.account.id };
    if (lang === undefined && fields.get('drop') !== 'picture') return showOne(c, who, NOTHING, 400);
    return back(c, who, lang === undefined ? await enclosePicture(ports, idOf(c), null, by) : await encloseVoice(ports, idOf(c), lang, null, by));
  }));

  function back(c: Context, who: LoggedIn, done: Awaited<ReturnType<typeof enclosePicture>>): Response | Promise<Response> {
    return done.ok ? c.redirect(`/staff/campaign/${idOf(c)}`, 303) : showOne(c, who, problem(done.problem), 409);
  }
}
