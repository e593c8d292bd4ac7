import { html } from 'hono/html';
import type { Trial } from '#bot/base/trial.ts';
import type { Judgement } from '#knowledge/judgement.ts';
import { icon, NOTHING, type ConsoleKey, type Html, type Say } from '../frame.ts';

/** "Thử hỏi": what the program would do with a question, and why. */

/** `form`: the button belongs to the editor, whose draft is tried; otherwise the panel has a form of its own. */
export function tryPanel(say: Say, options: { trial: Trial | null; question: string; titleOf: (id: string) => string; form: string | null; mayAdd: boolean }): Html {
  const { trial, question, form } = options;
  const field = html`<label class="sr" for="try">${say('base.try.label')}</label>
<div class="row nowrap"><input class="field grow" id="try" name="try" value="${question}" placeholder="${say('base.try.example')}" maxlength="300"${form === null ? NOTHING : html` form="${form}"`}>${form === null ? html`<button class="btn">${say('base.try.ask')}</button>` : html`<button class="btn" form="${form}" name="do" value="try">${say('base.try.ask')}</button>`}</div>`;
  return html`<section class="sheet try" id="thu" aria-label="${say('base.try.title')}">
<h2>${say('base.try.title')}</h2>${form === null ? html`<form method="get" action="/staff/base/try">${field}</form>` : field}
${trial === null ? html`<p class="hint">${say(form === null ? 'base.try.live' : 'base.try.draft')}</p>` : verdict(say, trial, options)}</section>`;
}

function verdict(say: Say, trial: Trial, { titleOf, form, mayAdd }: { titleOf: (id: string) => string; form: string | null; mayAdd: boolean }): Html {
  const { judgement } = trial;
  const cards = judgement.outcome === 'answer' ? [judgement.cardId] : judgement.outcome === 'clarify' ? judgement.options : [];
  return html`<p class="verdict" role="status"><b>${say(`base.outcome.${judgement.outcome}`)}</b></p>
${cards.length === 0 ? NOTHING : html`<ul class="vars">${cards.map((id) => html`<li><a href="/staff/base/card/${id}">${titleOf(id)}</a></li>`)}</ul>`}
<p>${say('base.try.sure', { score: decimal(judgement.score), from: decimal(trial.answerFrom) })}</p>
${trial.near.length === 0 ? NOTHING : chart(say, trial, titleOf)}
<h3>${say('base.try.why')}</h3>
<ul class="why">${judgement.reasons.map((reason) => html`<li>${icon(isGood(judgement) ? 'check' : 'x')}${sayReason(say, reason)}</li>`)}
<li>${icon('chat')}${say('base.try.read', { words: trial.read })}</li></ul>
${form !== null && mayAdd ? html`<button class="btn wide-btn" form="${form}" name="do" value="add-variant">${say('base.try.add')}</button>` : NOTHING}`;
}

/** How near the three nearest cards are, as bars with their figures beside them. */
function chart(say: Say, trial: Trial, titleOf: (id: string) => string): Html {
  return html`<table class="bars"><caption class="small">${say('base.try.near')}</caption>
<tbody>${trial.near.map(({ id, share }) => html`<tr><th scope="row">${titleOf(id)}</th><td><svg viewBox="0 0 100 12" width="100" height="12" aria-hidden="true"><rect width="100" height="12" fill="#e9e8f4"/><rect width="${Math.round(share * 100)}" height="12" fill="#2c2a6e"/></svg></td><td class="num">${decimal(share)}</td></tr>`)}</tbody></table>`;
}

function isGood({ outcome }: Judgement): boolean {
  return outcome !== 'clarify' && outcome !== 'escalate';
}

/** Comma and two places, as numbers are written here. */
export function decimal(value: number): string {
  return value.toFixed(2).replace('.', ',');
}

const WHOLE: Record<string, ConsoleKey> = {
  'sure': 'base.why.sure', 'unsure': 'base.why.unsure', 'unlike': 'base.why.unlike', 'nothing-alike': 'base.why.nothingAlike', 'two-needs': 'base.why.twoNeeds', 'follow-up': 'base.why.followUp',
  'perhaps-follow-up': 'base.why.followUp', 'language': 'base.why.language', 'noise': 'base.why.noise', 'injection': 'base.why.trick', 'private': 'base.why.private',
  'intent:human': 'base.why.human', 'intent:session': 'base.why.session', 'intent:child-schedule': 'base.why.child', 'by-likeness': 'base.why.byLikeness', 'no-question': 'base.why.noQuestion', 'no-content': 'base.why.noContent', 'guard:name': 'base.why.name', 'outside': 'base.why.outside',
};
const BEGUN: [string, ConsoleKey][] = [['danger:', 'base.why.danger'], ['recovered:', 'base.why.recovered'], ['smalltalk:', 'base.why.smalltalk'], ['guard:kind:', 'base.why.kind'], ['guard:', 'base.why.thing'], ['outside:', 'base.why.outside']];

/** A reason of the judgement in words; one that has none yet stands as it is. */
function sayReason(say: Say, reason: string): string {
  const whole = WHOLE[reason];
  if (whole !== undefined) return say(whole);
  const begun = BEGUN.find(([prefix]) => reason.startsWith(prefix));
  return begun === undefined ? reason : say(begun[1], { what: reason.slice(begun[0].length).replace(/^\w+:/u, '') });
}
