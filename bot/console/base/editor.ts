import { html, raw } from 'hono/html';
import { fieldOf, type CardField, type CardForm } from '#bot/base/form.ts';
import type { Reply } from '#bot/conversation/turn.ts';
import { prose } from '#bot/channels/web/prose.ts';
import type { StoredRevision } from '#bot/store/revisions.ts';
import type { Card } from '#knowledge/card.ts';
import { isDay, readableDay } from '#knowledge/day.ts';
import { icon, NOTHING, type Html, type Look, type Say } from '../frame.ts';
import { when } from '../words.ts';
import { topicWord } from './list.ts';

/** One fault of the card as typed, in words. */
export type SaidFault = { field: string; words: string; severity: 'error' | 'warning' };

export type EditorView = {
  csrf: string;
  form: CardForm;
  /** The card as residents are told it now. */
  told: Card | undefined;
  /** Fingerprint of it when the page was drawn. */
  seen: string;
  faults: SaidFault[];
  /** What a resident would read, when that was asked for. */
  preview: Reply | null;
  publishes: boolean;
  /** May sign, as this person. */
  signer: { name: string; title: string } | null;
  conflict: { file: Card | null } | null;
  draft: { by: string | null; atMs: number } | null;
  /** There is a file under what staff changed. */
  hasFile: boolean;
  revisions: number;
  isNew: boolean;
};

const LONGEST_ANSWER = 600;

export function editor(look: Look, say: Say, view: EditorView): Html {
  const { form } = view;
  const general = view.faults.filter(({ field }) => fieldOf(field) === null);
  const signable = view.signer !== null && view.told !== undefined && view.told.clinical !== null && view.told.review.status !== 'signed' && view.draft === null && view.conflict === null;
  return html`<section class="sheet ed" id="soan"><h2>${form.question === '' ? say('base.newCard') : form.question}</h2>
${view.draft === null ? NOTHING : html`<p class="tell soon">${icon('dia0')}<span>${view.draft.by === null ? say('base.draftAt', { time: when(view.draft.atMs, look.nowMs()) }) : say('base.draftBy', { name: view.draft.by, time: when(view.draft.atMs, look.nowMs()) })}</span></p>`}
${view.conflict === null ? NOTHING : conflict(say, view)}
${summary(say, view.faults, general)}
<form method="post" action="/staff/base/card/${form.id}" id="edit" class="compose" data-keep="card:${form.id}">
<input type="hidden" name="csrf" value="${view.csrf}"><input type="hidden" name="seen" value="${view.seen}">
${area(say, view, 'question', 2)}${area(say, view, 'variants', 7, say('base.hint.variants', { count: form.variants.split('\n').filter((line) => line.trim() !== '').length }))}
${area(say, view, 'answer', 6, say('base.hint.answer', { length: form.answer.trim().length, most: LONGEST_ANSWER, example: '{{station.phone}}' }))}${area(say, view, 'more', 6, say('base.hint.more'))}${area(say, view, 'clinical', 4, say('base.hint.clinical'))}
${area(say, view, 'sources', 3, say('base.hint.sources'))}
<div class="g3">${line(say, view, 'validFrom')}${line(say, view, 'validUntil')}${line(say, view, 'reviewBy')}</div>
<details${view.isNew || view.faults.some(({ field }) => field === 'related' || field === 'topic' || field === 'id') ? raw(' open') : NOTHING}>
<summary>${say('base.details')}</summary>${line(say, view, 'related', say('base.hint.related'))}
<p class="hint">${say('base.codeIs', { id: form.id, topic: topicWord(say, form.topic) })}</p><input type="hidden" name="topic" value="${form.topic}"></details>
<div class="row doings">${view.publishes ? html`<button class="btn main" name="do" value="publish">${icon('check')}${say('base.publish')}</button>` : NOTHING}<button class="btn${view.publishes ? '' : ' main'}" name="do" value="save">${say(view.publishes ? 'base.save' : 'base.saveWaits')}</button><button class="btn" name="do" value="look">${say('base.preview')}</button></div>
<div class="row">${view.draft === null ? NOTHING : html`<button class="btn plain" name="do" value="drop">${say('base.dropDraft')}</button>`}${view.publishes && view.hasFile && view.revisions > 0 && view.conflict === null ? html`<button class="btn plain" name="do" value="file">${say('base.backToFile')}</button>` : NOTHING}${view.revisions > 0 ? html`<a class="btn plain" href="/staff/base/card/${form.id}/revisions">${say('base.revisions', { count: view.revisions })}</a>` : NOTHING}</div></form>
${view.told === undefined || view.told.clinical === null ? NOTHING : sign(say, view, view.told, signable)}</section>
${view.preview === null ? NOTHING : preview(say, view.preview)}`;
}

function summary(say: Say, faults: readonly SaidFault[], general: readonly SaidFault[]): Html {
  if (faults.length === 0) return NOTHING;
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  return html`<div class="tell ${errors > 0 ? 'late' : 'soon'}" role="alert">${icon('alert')}<div>
<p>${errors > 0 ? say('base.faults', { count: errors }) : say('base.warnings', { count: faults.length })}</p>${general.map(({ words }) => html`<p>${words}</p>`)}</div></div>`;
}

function faultsOf(view: EditorView, field: CardField): SaidFault[] {
  return view.faults.filter((fault) => fieldOf(fault.field) === field);
}

function said(view: EditorView, field: CardField): Html {
  return html`${faultsOf(view, field).map(({ words, severity }) => html`<p class="${severity === 'error' ? 'err' : 'hint'}" id="${field}-e">${words}</p>`)}`;
}

function marks(view: EditorView, field: CardField, hint: boolean): Html {
  const faults = faultsOf(view, field);
  const described = [...(hint ? [`${field}-h`] : []), ...(faults.length > 0 ? [`${field}-e`] : [])];
  return html`${faults.some(({ severity }) => severity === 'error') ? raw(' aria-invalid="true"') : NOTHING}${described.length === 0 ? NOTHING : html` aria-describedby="${described.join(' ')}"`}`;
}

function area(say: Say, view: EditorView, field: Exclude<CardField, 'id' | 'topic'>, rows: number, hint?: string): Html {
  return html`<label for="${field}">${say(`base.field.${field}`)}</label>
<textarea class="field" id="${field}" name="${field}" rows="${rows}"${marks(view, field, hint !== undefined)}>${view.form[field]}</textarea>${hint === undefined ? NOTHING : html`<p class="hint" id="${field}-h">${hint}</p>`}${said(view, field)}`;
}

function line(say: Say, view: EditorView, field: 'validFrom' | 'validUntil' | 'reviewBy' | 'related', hint?: string): Html {
  return html`<div><label for="${field}">${say(`base.field.${field}`)}</label><input class="field" id="${field}" name="${field}" value="${view.form[field]}" autocomplete="off"${marks(view, field, hint !== undefined)}>${hint === undefined ? NOTHING : html`<p class="hint" id="${field}-h">${hint}</p>`}${said(view, field)}</div>`;
}

/** The clinical part: who has signed it, or what signing it does. */
function sign(say: Say, view: EditorView, told: Card, signable: boolean): Html {
  const { review } = told;
  if (review.status === 'signed') return html`<div class="signing"><span class="st ok">${icon('shield')}${say('base.clinical')}</span>
<p>${say('base.signedBy', { role: review.role, name: review.by, day: isDay(review.on) ? readableDay(review.on) : review.on })}</p></div>`;
  return html`<div class="signing"><span class="st soon">${icon('shield')}${say('base.clinical')}</span>
<p>${say('base.waitsForSignature')}</p>${!signable || view.signer === null ? html`<p class="hint">${say(view.signer === null ? 'base.whoSigns' : 'base.signAfter')}</p>` : html`<form method="post" action="/staff/base/card/${view.form.id}/sign">
<input type="hidden" name="csrf" value="${view.csrf}"><input type="hidden" name="seen" value="${view.seen}">
<label class="opt"><input type="checkbox" name="read" value="yes" required><span>${say('base.iHaveRead')}</span></label><button class="btn">${icon('shield')}${say('base.sign', { title: view.signer.title, name: view.signer.name })}</button></form>`}</div>`;
}

function conflict(say: Say, view: EditorView): Html {
  const file = view.conflict?.file ?? null;
  return html`<div class="tell soon" role="alert">${icon('people')}<div>
<p>${say(file === null ? 'base.fileGone' : 'base.fileChanged')}</p>${file === null ? NOTHING : html`<details><summary>${say('base.inFile')}</summary>
<div class="said">${file.question}

${file.answer}${file.more === null ? NOTHING : html`

${file.more}`}</div></details>`}${view.publishes ? html`<form method="post" action="/staff/base/card/${view.form.id}" class="row">
<input type="hidden" name="csrf" value="${view.csrf}">
<input type="hidden" name="seen" value="${view.seen}"><button class="btn" name="do" value="keep">${say('base.keepOurs')}</button>${file === null ? NOTHING : html`<button class="btn" name="do" value="file">${say('base.takeFile')}</button>`}</form>` : NOTHING}</div></div>`;
}

/** What the resident reads, as the web chat draws it. */
function preview(say: Say, reply: Reply): Html {
  const { layout } = reply;
  if (layout.form !== 'answer') return NOTHING;
  return html`<section class="sheet" id="xem" aria-label="${say('base.asResident')}"><h2>${say('base.asResident')}</h2><div class="seen">
<p class="lead"><b>${layout.lead}</b></p><div class="prose">${prose(layout.body)}</div>${layout.more === null ? NOTHING : html`<details open>
<summary>${say('base.moreOpens')}</summary><div class="prose">${prose(layout.more)}</div></details>`}
<p class="small quiet said">${layout.source}</p></div></section>`;
}

/** Everything kept of one card, with the way back to each. */
export function revisionList(look: Look, say: Say, id: string, revisions: readonly StoredRevision[], current: number | null): Html {
  const state = (revision: StoredRevision): Html => {
    if (revision.state === 'draft') return html`<span class="st free">${icon('dia0')}${say('base.state.draft')}</span>`;
    if (revision.id === current) return html`<span class="st ok">${icon('diac')}${say('base.state.live')}</span>`;
    return html`<span class="st">${icon('sq')}${say('base.state.former')}</span>`;
  };
  if (revisions.length === 0) return html`<p class="sheet">${say('base.noRevisions')}</p>`;
  return html`<section class="sheet">
<ul class="people">${revisions.map((revision) => html`<li><b>${when(revision.createdMs, look.nowMs())}</b> ${revision.accountName === null ? say('base.byImport') : revision.accountName}
<div class="row">${state(revision)}${revision.text === null ? html`<span class="quiet">${say('base.fileHolds')}</span>` : html`<a class="btn" href="/staff/base/card/${id}?rev=${revision.id}">${say('base.openRevision')}</a>`}</div></li>`)}</ul></section>`;
}
