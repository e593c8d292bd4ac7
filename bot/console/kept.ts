import { html } from 'hono/html';
import { NOTHING, type Html, type Say } from './frame.ts';

/**
 * What somebody had typed, above the page that it belongs to. The page's script puts it back into its fields and takes
 * this away; without a script it stands here to be copied.
 */
export function keptAbove(say: Say, told: Html, kept: { action: string; fields: readonly [string, string][] }): Html {
  const words = kept.fields.filter(isTyped);
  return html`${told}
<div id="kept" data-action="${kept.action}" data-fields="${JSON.stringify(kept.fields.filter(([name]) => !OWN.includes(name)))}">${words.length === 0 ? NOTHING : html`<section class="sheet" aria-label="${say('login.kept')}">
<h2>${say('login.kept')}</h2>${words.map(([, value], n) => html`<label class="sr" for="kept-${n}">${say('login.keptNth', { n: n + 1 })}</label>
<textarea class="field" id="kept-${n}" rows="${value.includes('\n') || value.length > 60 ? 4 : 1}" readonly>${value}</textarea>`)}</section>`}</div>`;
}

/** Fields that belong to the page and not to whoever types. */
const OWN: readonly string[] = ['csrf', 'version', 'seen', 'do'];

/** Whether anything in a form is somebody's own words, and not only what the page put there. */
export function hasTyped(fields: readonly [string, string][]): boolean {
  return fields.some(isTyped);
}

function isTyped([name, value]: [string, string]): boolean {
  return !OWN.includes(name) && !/^[\w.:|=-]*$/u.test(value.trim());
}

/** Puts something on top of a page that is already drawn. */
export function onTop(page: string, above: string): string {
  return page.replace(MAIN, (open) => `${open}${above}`);
}

const MAIN = /<main id="main"[^>]*>/u;
