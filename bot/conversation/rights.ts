import type { JudgeContext, Judgement } from '#knowledge/judgement.ts';
import { LANGS, type Lang } from '#knowledge/lang.ts';
import { fold } from '#knowledge/text.ts';
import { choiceReply } from './choices.ts';
import { passOn } from './handover.ts';
import type { ConverseDeps } from './knowledge.ts';
import { plainReply } from './reply.ts';
import type { ResidentView, Turn } from './turn.ts';

/** What a resident may ask of the station about their own data, done at once where the program can do it. */

/** "Dừng": no more announcements, at once, by one word. */
export function stopTurn(deps: ConverseDeps, resident: ResidentView): Turn {
  return { replies: [plainReply(deps, resident.lang, 'chat:stop.done')], effects: [{ kind: 'stop' }], judgement: null };
}

/**
 * Words that are a command when they are the whole message. A station must stop and erase on the plain word, whatever
 * else the base has learned to make of it. Returns the card whose deed it is, or null.
 */
export function commandCard(deps: ConverseDeps, text: string): 'bot.unsubscribe' | 'bot.delete-data' | 'bot.language' | null {
  const folded = plainly(text);
  if (deps.texts.say('vi', 'chat:commandWords.stop').split('|').includes(folded)) return 'bot.unsubscribe';
  // In a short message the phrase may have company: "ngừng gửi tin cho tui nha". A longer one tells something else.
  const isShort = folded.split(' ').length <= SHORT_WORDS;
  if (isShort && deps.texts.say('vi', 'chat:commandWords.stopPhrases').split('|').some((words) => ` ${folded} `.includes(` ${words} `))) return 'bot.unsubscribe';
  if (deps.texts.say('vi', 'chat:commandWords.erase').split('|').includes(folded)) return 'bot.delete-data';
  return isLanguageName(deps, folded) ? 'bot.language' : null;
}

/** "Tiếng Jrai", "nói tiếng Bahnar": nothing but the name of one of the place's languages, with or without the word for speaking it. */
function isLanguageName(deps: ConverseDeps, folded: string): boolean {
  const leads = ['', ...deps.texts.say('vi', 'chat:commandWords.language').split('|').map((lead) => `${lead} `)];
  const names = deps.place.languages.flatMap((lang) => deps.texts.say('vi', `chat:languageWords.${lang}`).split('|'));
  return names.some((name) => leads.some((lead) => folded === `${lead}${name}`));
}

/** The judgement of a message with the plain commands in it, for who must know what it is without answering it. */
export function understood(deps: ConverseDeps, text: string, context: JudgeContext): Judgement {
  const judgement = deps.knowledge().judge(text, context);
  const card = commandCard(deps, text);
  return card === null || judgement.outcome === 'emergency' ? judgement : { ...judgement, score: 1, reasons: ['command'], outcome: 'answer', cardId: card };
}

function plainly(text: string): string {
  return fold(text.toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

/**
 * Seeing one's data is done at once; correcting it, a copy on paper, restricting its use and complaining need a person
 * and have legal deadlines (Law 91/2025/QH15, Decree 356/2025). Null when the words ask for none of these.
 */
export function dataRightTurn(deps: ConverseDeps, resident: ResidentView, text: string, nowMs: number): Turn | null {
  const folded = ` ${plainly(text)} `;
  const asks = (key: `chat:rightWords.${(typeof RIGHT_WORDS)[number]}`) => deps.texts.say('vi', key).split('|').some((words) => folded.includes(` ${words} `));
  const wish = RIGHT_WORDS.find((name) => asks(`chat:rightWords.${name}`));
  if (wish === undefined) return null;
  if (wish === 'see') return { replies: [], effects: [{ kind: 'export' }], judgement: null };
  return passOn(deps, resident, { kind: 'rights', question: text, offered: [], reasons: [`right:${wish}`], lead: 'chat:passed.rights' }, nowMs);
}

/** Words of a message that is still a command with a few words around it. */
const SHORT_WORDS = 8;

/** In the order in which they are looked for: the more particular wish first. */
const RIGHT_WORDS = ['correct', 'restrict', 'complain', 'copy', 'see'] as const;

/** "Xoá dữ liệu của tôi" is asked once, because it cannot be undone. */
export function askErase(deps: ConverseDeps, resident: ResidentView, nowMs: number): Turn {
  const say = deps.texts.say;
  const buttons = [
    { label: say(resident.lang, 'chat:erase.yes'), value: 'erase:yes' },
    { label: say(resident.lang, 'chat:erase.no'), value: 'erase:no' },
  ];
  const lead = say(resident.lang, 'chat:erase.ask');
  const list = buttons.map((button, i) => say(resident.lang, 'chat:choices.line', { number: i + 1, label: button.label }));
  const reply = { ...plainReply(deps, resident.lang, 'chat:erase.ask'), text: [lead, ...list].join('\n'), buttons, layout: { form: 'choices' as const, lead } };
  return { replies: [reply], effects: [{ kind: 'context', context: { choices: buttons, dialogue: { kind: 'erase' }, atMs: nowMs } }], judgement: null };
}

/** Erases only when it was asked for a moment ago: a stray button from an old message erases nobody. */
export function erase(deps: ConverseDeps, resident: ResidentView, yes: boolean): Turn {
  if (yes && resident.context?.dialogue?.kind === 'erase') {
    return { replies: [plainReply(deps, resident.lang, 'chat:erase.done')], effects: [{ kind: 'erase' }], judgement: null };
  }
  return { replies: [plainReply(deps, resident.lang, 'chat:erase.kept')], effects: [{ kind: 'context', context: null }], judgement: null };
}

/** Offers the place's languages, each under its Vietnamese name. */
export function chooseLanguage(deps: ConverseDeps, resident: ResidentView, nowMs: number): Turn {
  const buttons = deps.place.languages.map((lang) => ({ label: deps.texts.say(resident.lang, `chat:languageName.${lang}`), value: `lang:${lang}` }));
  return {
    replies: [{ ...choiceReply(deps, resident.lang, buttons, 'chat:language.choose'), cardId: 'bot.language' }],
    effects: [{ kind: 'context', context: { choices: buttons, atMs: nowMs } }],
    judgement: null,
  };
}

export function setLanguage(deps: ConverseDeps, lang: Lang): Turn {
  const language = deps.texts.say(lang, `chat:languageName.${lang}`);
  const set = plainReply(deps, lang, 'chat:language.set', { language });
  const partly = lang === 'vi' || deps.texts.langOf(lang, 'chat:smalltalk.greeting') === lang ? '' : `\n${deps.texts.say(lang, 'chat:language.partly', { language })}`;
  return { replies: [{ ...set, text: set.text + partly, cardId: 'bot.language' }], effects: [{ kind: 'language', lang }], judgement: null };
}

/** The one language of the place that the words name ("tiếng Jrai", "jra", "gia rai"), or null when none or several. */
export function languageNamed(deps: ConverseDeps, text: string): Lang | null {
  const folded = fold(text.toLowerCase()).trim();
  const named = LANGS.filter((lang) => deps.place.languages.includes(lang))
    .filter((lang) => folded === lang || deps.texts.say('vi', `chat:languageWords.${lang}`).split('|').some((word) => folded.includes(word)));
  return named.length === 1 ? (named[0] ?? null) : null;
}
