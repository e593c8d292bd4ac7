import { html, raw } from 'hono/html';
import { DUTY, rowsIn, type Part } from '#bot/place/form.ts';
import { NOTHING, type ConsoleKey, type Html, type Say } from '../frame.ts';

/** The fields of one part of the place, drawn from what stands there or from what somebody typed. */

export type FormView = {
  typed: URLSearchParams;
  /** The sentence under a field that does not hold, by the field's name. */
  faults: ReadonlyMap<string, string>;
};

/** Empty rows to fill in besides those that are there. */
const NEW_ROWS = 1;

export function partFields(say: Say, part: Part, view: FormView): Html {
  const line = (name: string, label: ConsoleKey, more: { hint?: ConsoleKey; type?: 'text' | 'tel' | 'url'; numeric?: boolean } = {}): Html => field(say, view, name, label, more);
  const phone = (name: string, label: ConsoleKey): Html => line(name, label, { type: 'tel', hint: 'place.hint.phone' });
  switch (part) {
    case 'station':
      return html`${line('station.name', 'place.field.station.name')}${line('commune', 'place.field.commune')}${line('province', 'place.field.province')}${line('station.address', 'place.field.station.address')}${phone('station.phone', 'place.field.station.phone')}${line('station.mapUrl', 'place.field.station.mapUrl', { type: 'url', hint: 'place.hint.mapUrl' })}${hours(say, view, 'station.hours', say('place.line.hours'))}`;
    case 'numbers':
      return html`${line('hospital.name', 'place.field.hospital.name', { hint: 'place.hint.hospital' })}${phone('hospital.phone', 'place.field.hospital.phone')}${phone('police.phone', 'place.field.police.phone')}${DUTY.map((each) => phone(`duty.${each}`, `place.field.duty.${each}`))}`;
    case 'villages':
      return html`<p class="hint">${say('place.retireHint')}</p>${fault(view, 'villages')}${rows(view.typed, 'villages').map(({ row, isNew }) => village(say, view, row, isNew))}`;
    case 'answers':
      return html`<p class="hint">${say('place.hint.answers')}</p>${hours(say, view, 'answerHours', say('place.line.answerHours'))}${line('targets.urgentMinutes', 'place.field.targets.urgentMinutes', { numeric: true })}${line('targets.inHoursMinutes', 'place.field.targets.inHoursMinutes', { numeric: true })}${line('targets.nextMorning', 'place.field.targets.nextMorning', { hint: 'place.hint.clock' })}`;
    case 'rules':
      return html`<div class="g3">${line('dayHours.from', 'place.field.dayHours.from', { hint: 'place.hint.clock' })}${line('dayHours.to', 'place.field.dayHours.to', { hint: 'place.hint.clock' })}</div>
<p class="hint">${say('place.hint.dayHours')}</p>
<fieldset class="mini">
<legend>${say('place.field.staffGroup')}</legend>${(['notify', 'full'] as const).map((choice) => html`<label class="opt"><input type="radio" name="staffGroup" value="${choice}"${checked(view.typed.get('staffGroup') === choice)}>${say(`place.group.${choice}`)}</label>`)}${fault(view, 'staffGroup')}</fieldset>
<label class="opt"><input type="checkbox" name="showDrafts" value="yes"${checked(view.typed.get('showDrafts') === 'yes')}>${say('place.field.showDrafts')}</label>
<p class="hint">${say('place.hint.drafts')}</p><p class="hint"><a href="/staff/campaigns">${say('place.confirmAbove')}</a></p>`;
  }
}

function field(say: Say, view: FormView, name: string, label: ConsoleKey, more: { hint?: ConsoleKey; type?: 'text' | 'tel' | 'url'; numeric?: boolean }): Html {
  const wrong = view.faults.get(name);
  const under = wrong ?? (more.hint === undefined ? undefined : say(more.hint));
  return html`<div><label for="${name}">${say(label)}</label><input class="field" id="${name}" name="${name}" type="${more.type ?? 'text'}"${more.numeric === true ? raw(' inputmode="numeric"') : NOTHING} autocomplete="off" maxlength="200" value="${view.typed.get(name) ?? ''}"${wrong === undefined ? NOTHING : raw(' aria-invalid="true"')}${under === undefined ? NOTHING : html` aria-describedby="${name}-h"`}>${under === undefined ? NOTHING : html`<p class="${wrong === undefined ? 'hint' : 'err'}" id="${name}-h">${under}</p>`}</div>`;
}

function fault(view: FormView, name: string): Html {
  const wrong = view.faults.get(name);
  return wrong === undefined ? NOTHING : html`<p class="err">${wrong}</p>`;
}

/** Spans of a week: days to tick, from, to. */
function hours(say: Say, view: FormView, name: string, title: string): Html {
  return html`<h3>${title}</h3>${fault(view, name)}${rows(view.typed, name).map(({ row, isNew }, n) => {
    const at = `${name}.${row}`;
    const days = view.typed.getAll(`${at}.weekdays`);
    const title = isNew ? say('place.hoursNew') : say('place.hoursRow', { n: n + 1 });
    const span = html`<fieldset class="mini"><legend${isNew ? raw(' class="sr"') : NOTHING}>${title}</legend><p class="hint">${say('place.days')}</p>
<div class="row">${([1, 2, 3, 4, 5, 6, 7] as const).map((day) => html`<label class="opt"><input type="checkbox" name="${at}.weekdays" value="${day}"${checked(days.includes(String(day)))}>${say(`place.day.${day}`)}</label>`)}</div>${fault(view, `${at}.weekdays`)}
<div class="g3">${field(say, view, `${at}.from`, 'place.from', { hint: 'place.hint.clock' })}${field(say, view, `${at}.to`, 'place.to', { hint: 'place.hint.clock' })}</div></fieldset>`;
    return isNew ? html`<details><summary>${title}</summary>${span}</details>` : span;
  })}`;
}

function village(say: Say, view: FormView, row: number, isNew: boolean): Html {
  const at = `villages.${row}`;
  const of = (name: string): string => view.typed.get(`${at}.${name}`) ?? '';
  const title = isNew ? say('place.villageNew') : of('retired') === 'yes' ? say('place.retiredName', { name: of('name') }) : of('name');
  const isWrong = [...view.faults.keys()].some((name) => name.startsWith(`${at}.`));
  return html`<details class="village"${isWrong ? raw(' open') : NOTHING}><summary>${title}</summary><fieldset><legend class="sr">${title}</legend>
<input type="hidden" name="${at}.id" value="${of('id')}">
${field(say, view, `${at}.name`, 'place.field.village.name', {})}${fault(view, `${at}.id`)}${field(say, view, `${at}.aliases`, 'place.field.village.aliases', { hint: 'place.hint.aliases' })}${field(say, view, `${at}.healthWorker.name`, 'place.field.village.workerName', {})}${field(say, view, `${at}.healthWorker.phone`, 'place.field.village.workerPhone', { type: 'tel', hint: 'place.hint.phone' })}
${isNew ? NOTHING : html`<label class="opt"><input type="checkbox" name="${at}.retired" value="yes"${checked(of('retired') === 'yes')}>${say('place.retire')}</label>`}</fieldset></details>`;
}

/** The rows that are there, and an empty one; a row that somebody began and that is not kept yet stays where it is. */
function rows(typed: URLSearchParams, name: string): { row: number; isNew: boolean }[] {
  const there = rowsIn(typed, name).filter((row) => [...typed].some(([key, value]) => key.startsWith(`${name}.${row}.`) && value.trim() !== ''));
  const next = (there.at(-1) ?? -1) + 1;
  const isNew = (row: number): boolean => name === 'villages' && (typed.get(`villages.${row}.id`) ?? '') === '';
  return [...there.map((row) => ({ row, isNew: isNew(row) })), ...Array.from({ length: NEW_ROWS }, (_, n) => ({ row: next + n, isNew: true }))];
}

function checked(is: boolean): Html {
  return is ? raw(' checked') : NOTHING;
}
