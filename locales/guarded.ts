/** Which texts may never be shown as drafts, and which are no texts at all. */

/**
 * Danger, consent, deletion, weekdays, and what is due to a child: a wrong word there does harm, so these are Vietnamese
 * until a speaker has signed them.
 */
const GUARDED = /^chat:(emergency|sensitive|notice\.emergency|erase|purpose|village|place\.weekdays|voice\.ask$)|^web:(emergency$|welcome\.emergency|stamp$|forget|offline\.notErased)|^telegram:command\.xoa$|^vaccination:(weekday|child\.(due|late|ask\.|ifNone)|pregnant\.(unsigned|due)|reminder\.ask(Village)?$)|^card:.*#clinical$/;

/** Lists of words by which questions are understood; nobody reads them. */
const WORD_LIST = /words(\.|$)/i;

/** Whether the text behind a key needs a speaker's signature before anybody sees it. */
export function isGuarded(key: string): boolean {
  return GUARDED.test(key);
}

/** Whether a key of the text files holds words to understand by rather than a text. */
export function isWordList(key: string): boolean {
  return WORD_LIST.test(key);
}

/** What is said in danger: Vietnamese with number and sign whatever its status, so it is never called missing. */
export function isDanger(key: string): boolean {
  return /^chat:(emergency\.|sensitive\.|notice\.emergency)|^web:(emergency$|welcome\.emergency)/.test(key);
}

/**
 * What is a name inside other sentences and stays Vietnamese there until a speaker has signed it: weekdays, because villages
 * count them differently, and the purposes of a consent, because what was agreed to must be said in one way.
 */
export function isVietnameseName(key: string): boolean {
  return /^(chat:place\.weekdays|vaccination:weekday|chat:purpose)\./.test(key);
}

/** Texts of the same files that no resident reads in a language of their own: for staff, for programs, and names that are the same in all. */
export function isApart(key: string): boolean {
  return /^vaccination:(import|calendar)\.|^web:(name$|title$|language\.(own|name)\.|error\.(broken_json|wrong_content_type|bad_form|cross_site)$)|^telegram:(says|trouble|staff)\.|^zalo:(silence|trouble|login)\./.test(key);
}
