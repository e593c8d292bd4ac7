import { html } from 'hono/html';
import { draftNotice } from '#bot/conversation/beside.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { TextKey, Texts, Values } from '#locales/texts.ts';
import { NOTHING, type Html } from './prose.ts';

/**
 * The page's own words in the resident's language: what a speaker has approved stands alone, a draft stands with its
 * Vietnamese, in brackets on a key and above it elsewhere. One notice on the page says that no speaker has checked them.
 */
export type PageTexts = {
  /** The language of the page as a whole; a word in another carries its own mark. */
  lang: Lang;
  /** For attributes and plain text: one string with both. */
  say: (key: TextKey, values?: Values) => string;
  /** What stands on a key: the draft first, as on the keys of a reply. */
  label: (key: TextKey, values?: Values) => Html;
  /** A sentence: the Vietnamese first, the draft on a line of its own. */
  line: (key: TextKey, values?: Values) => Html;
  /** That these are drafts; nothing where there are none. */
  notice: Html;
  /** The same as it ends a reply that holds a draft. */
  noticed: string;
};

/** The page's texts for a resident who chose `lang`; drafts only where the place shows them. */
export function pageTexts(texts: Texts, lang: Lang, showDrafts: boolean): PageTexts {
  const page = texts.langOf(lang, 'web:heading');
  const draftOf = (key: TextKey, values?: Values): string | null => {
    const draft = showDrafts ? texts.draft(lang, key, values) : null;
    return draft === texts.say(lang, key, values) ? null : draft;
  };
  const marked = (key: TextKey, values?: Values): Html => {
    const spoken = texts.langOf(lang, key);
    const text = texts.say(lang, key, values);
    return spoken === page ? html`${text}` : html`<span lang="${spoken}">${text}</span>`;
  };
  const hasDrafts = showDrafts && texts.draft(lang, 'web:heading') !== null;
  const noticed = draftNotice(texts, lang);
  const [vietnamese = '', own] = noticed.split('\n');
  return {
    lang: page,
    say: (key, values) => {
      const draft = draftOf(key, values);
      return draft === null ? texts.say(lang, key, values) : `${draft} (${texts.say(lang, key, values)})`;
    },
    label: (key, values) => {
      const draft = draftOf(key, values);
      return draft === null ? marked(key, values) : html`<span lang="${lang}">${draft}</span> <small>(${marked(key, values)})</small>`;
    },
    line: (key, values) => {
      const draft = draftOf(key, values);
      return draft === null ? marked(key, values) : html`${marked(key, values)} <span class="own" lang="${lang}">${draft}</span>`;
    },
    noticed,
    notice: hasDrafts ? html`<p class="quiet">${vietnamese}${own === undefined ? NOTHING : html` <span class="own" lang="${lang}">${own}</span>`}</p>` : NOTHING,
  };
}
