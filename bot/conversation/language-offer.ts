import type { Button, InboundContent } from '#bot/channels/channel.ts';
import { mayAsk } from '#knowledge/identify/identify.ts';
import { langSchema, type Lang } from '#knowledge/lang.ts';
import { draftNotice } from './beside.ts';
import type { ConverseDeps } from './knowledge.ts';
import { plainReply } from './reply.ts';
import type { Effect, Reply, ResidentView, Turn } from './turn.ts';

/** Asking whether to speak the language that somebody wrote in. It is asked below the answer, and nothing is ever switched unasked. */

/** Nobody is asked more often than this about one language, however long their messages. */
const MOST_TIMES = 2;
/** Somebody who said no is not asked again. */
const DECLINED = 99;

/** The turn, with the question below it where the message is clearly in another language of the place. */
export function withLanguageOffer(deps: ConverseDeps, resident: ResidentView, content: InboundContent, turn: Turn, nowMs: number): Turn {
  if (content.kind !== 'text' || content.forwarded || resident.held !== undefined) return turn;
  if (turn.replies.length === 0 || turn.replies.some((reply) => reply.priority === 'emergency' || reply.cardId === 'bot.language')) return turn;
  if (turn.effects.some(({ kind }) => kind === 'language' || kind === 'erase' || kind === 'stop')) return turn;
  const found = deps.knowledge().identify(content.text);
  const { lang } = found;
  const asked = lang === null ? 0 : (resident.languagesAsked?.[lang] ?? 0);
  // Who chose another language reads the Vietnamese beside it anyway.
  if (lang === null || lang === 'vi' || !deps.place.languages.includes(lang) || asked >= MOST_TIMES || !mayAsk(found, resident.lang, asked)) return turn;

  const buttons = offerButtons(deps, lang);
  return {
    ...turn,
    replies: [...turn.replies, offer(deps, lang, buttons)],
    effects: [...withChoices(turn.effects, buttons, nowMs), { kind: 'language-asked', lang, times: asked + 1 }],
  };
}

/** "No": the language stays, and is not asked about again. */
export function stayTurn(deps: ConverseDeps, resident: ResidentView, argument: string): Turn {
  const lang = langSchema.safeParse(argument);
  return {
    replies: [plainReply(deps, resident.lang, 'chat:language.stay', { language: deps.texts.say(resident.lang, `chat:languageName.${resident.lang}`) })],
    effects: lang.success ? [{ kind: 'language-asked', lang: lang.data, times: DECLINED }] : [],
    judgement: null,
  };
}

/** In Vietnamese, and in the language itself where the place shows drafts or a speaker has approved it. */
function offer(deps: ConverseDeps, lang: Lang, buttons: Button[]): Reply {
  const said = (to: Lang) => ({ language: deps.texts.say(to, `chat:languageName.${lang}`) });
  const vietnamese = deps.texts.say('vi', 'chat:language.offer', said('vi'));
  const isApproved = lang !== 'vi' && deps.texts.langOf(lang, 'chat:language.offer') === lang;
  const own = isApproved ? deps.texts.say(lang, 'chat:language.offer', said(lang)) : deps.place.showDrafts ? deps.texts.draft(lang, 'chat:language.offer', { language: deps.texts.draft(lang, `chat:languageName.${lang}`) ?? said('vi').language }) : null;
  const notice = draftNotice(deps.texts, lang);
  const text = [vietnamese, ...(own === null ? [] : [own, ...(isApproved ? [] : [notice])])].join('\n');
  return { text, lang: 'vi', cardId: null, buttons, layout: { form: 'plain' }, priority: 'reply' };
}

function offerButtons(deps: ConverseDeps, lang: Lang): Button[] {
  return [
    { label: deps.texts.say('vi', 'chat:language.take', { language: deps.texts.say('vi', `chat:languageName.${lang}`) }), value: `lang:${lang}` },
    { label: deps.texts.say('vi', 'chat:language.keep'), value: `stay:${lang}` },
  ];
}

/** The answer's own choices keep their numbers; the offer's come after them. */
function withChoices(effects: readonly Effect[], buttons: readonly Button[], nowMs: number): Effect[] {
  const at = effects.findLastIndex(({ kind }) => kind === 'context');
  const effect = effects[at];
  if (effect?.kind !== 'context') return [...effects, { kind: 'context', context: { choices: [...buttons], atMs: nowMs } }];
  const context = effect.context ?? { atMs: nowMs };
  return effects.with(at, { kind: 'context', context: { ...context, choices: [...(context.choices ?? []), ...buttons] } });
}
