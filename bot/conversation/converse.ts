import type { Button } from '#bot/channels/channel.ts';
import type { Judgement } from '#knowledge/judgement.ts';
import type { Lang } from '#knowledge/lang.ts';
import { asksToListen, listenTurn, withVoices } from './aloud.ts';
import { answerReply, cardButton, moreReply } from './answer.ts';
import { withDrafts } from './beside.ts';
import { choiceReply, chosenValue } from './choices.ts';
import { withCautions } from './cautions.ts';
import { dangerTurn } from './danger.ts';
import { passOn, withReport } from './handover.ts';
import { stationTurn } from './station-answer.ts';
import type { ConverseDeps } from './knowledge.ts';
import { asksForNews, groupTurn, joinTurn, refuseTurn, withOffer } from './news.ts';
import { withNotice } from './notice.ts';
import { askErase, chooseLanguage, commandCard, dataRightTurn, erase, languageNamed, setLanguage, stopTurn } from './rights.ts';
import { readPayload } from '#bot/poster/payload.ts';
import { cardsInFront, pinnedReply } from '#bot/outbreak/pins.ts';
import { offerReminders, reminderTurn, reminderWords } from './reminders.ts';
import { plainReply } from './reply.ts';
import { stayTurn, withLanguageOffer } from './language-offer.ts';
import { childTurn, continuesChild, rememberTurn, sessionsTurn, villageTurn } from './vaccination.ts';
import { askVoice, consentVoice, heardTurn, voiceTurn, voiceWish } from './voice.ts';
import type { Aid, Converse, Effect, ResidentView, Turn } from './turn.ts';

/** A follow-up rests on the last topic for this long. */
const CONTEXT_MS = 30 * 60 * 1000;

/** Longest text that is looked at. Longer letters keep their beginning, where people say what they need. */
const TEXT_LIMIT = 4_000;

/**
 * Builds the conversation: one message and what is known of the resident in, replies and effects out.
 * Danger comes before everything, then what a press or a number chose, then what the words mean.
 */
export function createConverse(deps: ConverseDeps): Converse {
  return (inbound, resident) => {
    const nowMs = inbound.atMs;
    const fresh = resident.context !== null && nowMs - resident.context.atMs <= CONTEXT_MS ? resident.context : null;
    const view: ResidentView = { ...resident, context: fresh };
    const turn = withDrafts(deps, view, (told) => withNotice(told, view, withOffer(told, view, dispatch(told, view, inbound.content, nowMs, inbound.aid ?? {}), nowMs)), nowMs);
    return withLanguageOffer(deps, view, inbound.content, withVoices(deps, view, turn, nowMs), nowMs);
  };
}

/** A message as it is understood: in composed letters, and its beginning if it is long. */
export function questionOf(text: string): string {
  return text.normalize('NFC').slice(0, TEXT_LIMIT);
}

function dispatch(deps: ConverseDeps, resident: ResidentView, content: Parameters<Converse>[0]['content'], nowMs: number, aid: Aid): Turn {
  switch (content.kind) {
    case 'text':
      return content.forwarded ? hearForwarded(deps, resident, questionOf(content.text), nowMs) : hearText(deps, resident, questionOf(content.text), nowMs, aid);
    case 'button':
      return press(deps, resident, content.value, nowMs);
    case 'start':
      // A person of the station is speaking; a greeting of the machine would talk into it.
      if (resident.held !== undefined) return { replies: [], effects: [], judgement: null };
      return begin(deps, resident, content.payload, nowMs);
    case 'stop':
      return stopTurn(deps, resident);
    case 'sticker':
      if (resident.held !== undefined) return toPerson(resident.held.ticketId);
      return say(deps, resident.lang, 'chat:media.sticker');
    case 'voice':
      if (resident.held !== undefined) return toPerson(resident.held.ticketId);
      return voiceTurn(deps, resident, aid, nowMs, (text) => hearText(deps, resident, text, nowMs, aid));
    case 'image':
    case 'location':
    case 'file':
      if (resident.held !== undefined) return toPerson(resident.held.ticketId);
      return passOn(deps, resident, { kind: 'media', question: content.caption ?? '', offered: [], reasons: [content.kind], lead: 'chat:media.passed' }, nowMs);
  }
}

/**
 * Somebody else's words that the resident passed on. A card on just that rumour answers it; otherwise it is offered to
 * the station for checking. Danger is heard as always: a cry for help is forwarded, too.
 */
function hearForwarded(deps: ConverseDeps, resident: ResidentView, text: string, nowMs: number): Turn {
  const judgement = deps.knowledge().judge(text, { nowMs, lang: resident.lang });
  if (resident.held !== undefined && judgement.outcome !== 'emergency') return { ...toPerson(resident.held.ticketId), judgement };
  if (judgement.outcome === 'emergency' || (judgement.outcome === 'answer' && judgement.cardId.startsWith('rumour.'))) return decide(deps, resident, judgement, text, nowMs);
  const known = stationTurn(deps, resident.lang, text, true, nowMs);
  if (known !== null) return { ...known, judgement };
  const buttons: Button[] = [
    { label: deps.texts.say(resident.lang, 'chat:forwarded.check'), value: 'rumour' },
    { label: deps.texts.say(resident.lang, 'chat:forwarded.ask'), value: 'as-asked' },
  ];
  return {
    replies: [choiceReply(deps, resident.lang, buttons, 'chat:forwarded.lead')],
    effects: [{ kind: 'context', context: { choices: buttons, openQuestion: text, atMs: nowMs } }],
    judgement,
  };
}

function hearText(deps: ConverseDeps, resident: ResidentView, text: string, nowMs: number, { choice }: Aid = {}): Turn {
  const last = resident.context?.lastCardId;
  const judgement = deps.knowledge().judge(text, { nowMs, lang: resident.lang, ...(last === undefined ? {} : { lastCardId: last }), ...(choice?.question === text ? { chosenCardId: choice.cardId } : {}) });
  if (judgement.outcome === 'emergency') return dangerTurn(deps, resident, judgement, text, nowMs);

  const chosen = chosenValue(resident.context?.choices ?? [], text, deps.texts.say('vi', 'chat:choices.numberWords'));
  if (chosen !== null) return press(deps, resident, chosen, nowMs);

  const command = commandCard(deps, text);
  if (command !== null) return { ...answer(deps, resident, command, text, nowMs), judgement: { ...judgement, score: 1, reasons: ['command'], outcome: 'answer', cardId: command } };

  const wish = voiceWish(deps, text);
  if (wish !== null) return wish === 'on' ? askVoice(deps, resident, nowMs) : consentVoice(deps, resident, false);
  if (asksToListen(deps, text)) return { ...listenTurn(deps, resident, null, nowMs), judgement: null };

  const reminder = reminderWords(deps, resident, text, nowMs);
  if (reminder !== null) return { ...reminder, judgement: { ...judgement, outcome: 'child-schedule' } };
  if (asksForNews(deps, text)) return { ...joinTurn(deps, resident, nowMs), judgement: { ...judgement, score: 1, reasons: ['command'], outcome: 'answer', cardId: 'bot.unsubscribe' } };

  const meant = deps.knowledge().inVietnamese(text, judgement.lang);
  if (continuesChild(deps, resident, meant, nowMs)) return { ...childTurn(deps, resident, { kind: 'text', text: meant }, nowMs), judgement: { ...judgement, outcome: 'child-schedule' } };

  const right = dataRightTurn(deps, resident, text, nowMs);
  // "Xoá dữ liệu của tôi" holds the words for seeing it as well: what the judge is sure of goes first.
  if (right !== null && !(judgement.outcome === 'answer' && judgement.cardId === 'bot.delete-data')) return { ...right, judgement: { ...judgement, outcome: 'answer', cardId: 'bot.privacy' } };
  if (resident.held !== undefined && !alwaysHeard(judgement)) return { ...toPerson(resident.held.ticketId), judgement };
  const turn = decide(deps, resident, judgement, text, nowMs);
  const report = deps.matters?.reportIn(meant) ?? null;
  return report === null || !REPORTED.includes(judgement.outcome) ? turn : withReport(deps, resident, turn, report, text, nowMs);
}

/** Outcomes beside which a report is heard. */
const REPORTED: readonly Judgement['outcome'][] = ['answer', 'clarify', 'escalate'];

function decide(deps: ConverseDeps, resident: ResidentView, judgement: Judgement, text: string, nowMs: number): Turn {
  switch (judgement.outcome) {
    case 'emergency':
      return dangerTurn(deps, resident, judgement, text, nowMs);
    case 'answer':
      return { ...withCautions(deps, resident, answer(deps, resident, judgement.cardId, text, nowMs), judgement, text, nowMs), judgement };
    case 'clarify': {
      const known = stationTurn(deps, resident.lang, text, false, nowMs);
      if (known !== null) return { ...known, judgement };
      const cards = judgement.options.flatMap((id) => deps.knowledge().card(id, nowMs) ?? []);
      if (cards.length === 0) return { ...passOn(deps, resident, { kind: 'question', question: text, offered: [], reasons: judgement.reasons, lead: 'chat:passed.lead' }, nowMs), judgement };
      const options = cards.map((card) => cardButton(deps, card, resident.lang));
      return { ...offer(deps, resident.lang, options, text, nowMs), judgement };
    }
    case 'escalate':
      return { ...stationTurn(deps, resident.lang, text, false, nowMs) ?? passOn(deps, resident, { kind: 'question', question: text, offered: [], reasons: judgement.reasons, lead: judgement.reasons.includes('dose') ? 'chat:passed.dose' : 'chat:passed.lead' }, nowMs), judgement };
    case 'human':
      return { ...passOn(deps, resident, { kind: 'human', question: askedBefore(resident, text), offered: [], reasons: judgement.reasons, lead: 'chat:passed.human' }, nowMs), judgement };
    case 'session':
      return { ...sessionsTurn(deps, resident, deps.knowledge().inVietnamese(text, judgement.lang), nowMs), judgement };
    case 'child-schedule':
      return { ...childTurn(deps, resident, { kind: 'text', text: deps.knowledge().inVietnamese(text, judgement.lang) }, nowMs), judgement };
    case 'smalltalk':
      return { ...say(deps, resident.lang, `chat:smalltalk.${judgement.smalltalk}`, { phone: deps.place.station.phone }), judgement };
  }
}

/** Whoever asks for a person after a question wants that one answered: staff read it first, and it says whose domain it is. */
function askedBefore({ context }: ResidentView, text: string): string {
  const before = context?.openQuestion ?? '';
  return before === '' ? text : `${before}\n${text}`;
}

/** While a person of the station speaks, the bot says nothing: the words are theirs to read. */
function toPerson(ticketId: number): Turn {
  return { replies: [], effects: [{ kind: 'held', ticketId }], judgement: null };
}

/** What residents may ask of the machine at any time, whoever is speaking. */
function alwaysHeard(judgement: Judgement): boolean {
  return judgement.outcome === 'answer' && (judgement.cardId === 'bot.unsubscribe' || judgement.cardId === 'bot.delete-data');
}

/** The card's answer, and what some cards do besides being read: stopping, erasing and changing the language happen at once. */
function answer(deps: ConverseDeps, resident: ResidentView, cardId: string, text: string, nowMs: number): Turn {
  if (cardId === 'bot.unsubscribe') return stopTurn(deps, resident);
  if (cardId === 'bot.delete-data') return askErase(deps, resident, nowMs);
  if (cardId === 'bot.language') {
    const named = languageNamed(deps, text);
    return named === null ? chooseLanguage(deps, resident, nowMs) : setLanguage(deps, named);
  }
  const card = deps.knowledge().card(cardId, nowMs);
  if (card === undefined) return passOn(deps, resident, { kind: 'question', question: text, offered: [cardId], reasons: ['card-expired'], lead: 'chat:passed.lead' }, nowMs);
  const reply = pinnedReply(deps.texts, resident.lang, deps.pins(), card, answerReply(deps, card, resident.lang), nowMs);
  return {
    replies: [reply],
    effects: [{ kind: 'context', context: { lastCardId: card.id, openQuestion: text, choices: reply.buttons, atMs: nowMs } }],
    judgement: null,
  };
}

function offer(deps: ConverseDeps, lang: Lang, options: Button[], question: string, nowMs: number): Turn {
  const buttons = [...options, { label: deps.texts.say(lang, 'chat:choices.none'), value: 'none' }];
  const effect: Effect = { kind: 'context', context: { choices: buttons, openQuestion: question, atMs: nowMs } };
  return { replies: [choiceReply(deps, lang, buttons)], effects: [effect], judgement: null };
}

function press(deps: ConverseDeps, resident: ResidentView, value: string, nowMs: number): Turn {
  const open = resident.context?.openQuestion ?? '';
  const offered = (resident.context?.choices ?? []).flatMap((choice) => (choice.value.startsWith('card:') ? [choice.value.slice(5)] : []));
  const [verb = '', argument = ''] = value.split(/:(.*)/s);
  if (resident.held !== undefined && ['none', 'feedback', 'human', 'heard'].includes(verb)) return toPerson(resident.held.ticketId);
  switch (verb) {
    case 'card':
      return answer(deps, resident, argument, open, nowMs);
    case 'more': {
      const card = deps.knowledge().card(argument, nowMs);
      return card === undefined ? greet(deps, resident) : { replies: [moreReply(deps, card, resident.lang)], effects: [], judgement: null };
    }
    case 'vi': {
      const card = deps.knowledge().card(argument, nowMs);
      return card === undefined ? greet(deps, resident) : { replies: [answerReply(deps, card)], effects: [], judgement: null };
    }
    case 'listen':
      return listenTurn(deps, resident, argument, nowMs);
    case 'none':
      return passOn(deps, resident, { kind: 'question', question: open, offered, reasons: ['none-of-these'], lead: 'chat:passed.lead' }, nowMs);
    case 'feedback':
      return passOn(deps, resident, { kind: 'question', question: open, offered: resident.context?.lastCardId === undefined ? [] : [resident.context.lastCardId], reasons: ['not-what-was-meant'], lead: 'chat:passed.wrong' }, nowMs);
    case 'report':
      return argument === 'suspected-case' || argument === 'vaccine-reaction'
        ? passOn(deps, resident, { kind: argument, question: open, offered: [], reasons: ['reported'], lead: `chat:passed.${argument}` }, nowMs)
        : greet(deps, resident);
    case 'rumour':
      return passOn(deps, resident, { kind: 'rumour', question: open, offered: [], reasons: ['to-check'], lead: 'chat:passed.rumour' }, nowMs);
    case 'as-asked':
      return hearText(deps, resident, open, nowMs);
    case 'heard':
      return heardTurn(deps, resident, argument === 'yes', nowMs, (text) => hearText(deps, resident, text, nowMs));
    case 'transcribe':
      return consentVoice(deps, resident, argument === 'yes' && deps.transcribes === true);
    case 'human':
      return passOn(deps, resident, { kind: 'human', question: open, offered: [], reasons: ['pressed'], lead: 'chat:passed.human' }, nowMs);
    case 'lang':
      return setLanguage(deps, languageNamed(deps, argument) ?? resident.lang);
    case 'stay':
      return stayTurn(deps, resident, argument);
    case 'erase':
      return erase(deps, resident, argument === 'yes');
    case 'stop':
      return stopTurn(deps, resident);
    case 'news':
      return joinTurn(deps, resident, nowMs);
    case 'refuse':
      return refuseTurn(deps, resident, argument) ?? greet(deps, resident);
    case 'group':
      return groupTurn(deps, resident, argument) ?? greet(deps, resident);
    case 'vaccine':
      if (argument === 'remind') return offerReminders(deps, resident, nowMs) ?? childTurn(deps, resident, { kind: 'press', argument: 'restart' }, nowMs);
      return argument === 'sessions' ? sessionsTurn(deps, resident, '', nowMs) : childTurn(deps, resident, { kind: 'press', argument }, nowMs);
    case 'village':
      return villageTurn(deps, resident, argument, nowMs);
    case 'remind':
      return reminderTurn(deps, resident, argument, nowMs);
    case 'remember':
      return rememberTurn(deps, resident, argument);
    case 'menu':
      return openMenu(deps, resident, argument, nowMs);
    case 'ask':
      return hearText(deps, resident, argument, nowMs);
    default:
      // An old button, or a hand-made request: the words themselves may still mean something.
      return hearText(deps, resident, value, nowMs);
  }
}

/** The first press of a chat. A poster's link says in which language and village it hangs; both are offered, neither is kept unasked. */
function begin(deps: ConverseDeps, resident: ResidentView, payload: string | null, nowMs: number): Turn {
  const from = payload === null ? null : readPayload(payload);
  const lang = from !== null && deps.place.languages.includes(from.lang) ? from.lang : resident.lang;
  const greeting = greet(deps, { ...resident, lang });
  const effects: Effect[] = lang === resident.lang ? [] : [{ kind: 'language', lang }];
  const village = from?.villageId ?? null;
  if (village === null || !deps.place.villages.some((known) => known.id === village)) return { ...greeting, effects };
  const told = villageTurn(deps, { ...resident, lang }, village, nowMs);
  return { ...told, replies: [...greeting.replies, ...told.replies], effects: [...effects, ...told.effects] };
}

/** Cards behind "Sốt, bệnh, phòng dịch" and "Bảo hiểm, hỗ trợ": what residents ask most of each, in that order. */
const MENU_CARDS: Record<string, readonly string[]> = {
  illness: ['disease.dengue', 'disease.measles', 'disease.hfmd', 'disease.rabies', 'covid.symptoms', '5k.in-force-now'],
  support: ['support.overview', 'support.health-insurance', 'support.food-emergency', 'support.poor-household', 'support.elderly', 'support.where'],
};

/** A subject of the menu: questions to tap, or what the resident would have had to write. */
function openMenu(deps: ConverseDeps, resident: ResidentView, subject: string, nowMs: number): Turn {
  const judged = { lang: resident.lang, score: 1, reasons: ['menu'] };
  if (subject === 'sessions') return decide(deps, resident, { ...judged, outcome: 'session' }, '', nowMs);
  if (subject === 'child') return decide(deps, resident, { ...judged, outcome: 'child-schedule' }, '', nowMs);
  const usual = Object.hasOwn(MENU_CARDS, subject) ? (MENU_CARDS[subject] ?? []) : [];
  const ids = subject === 'illness' ? [...new Set([...cardsInFront(deps.pins(), nowMs), ...usual])] : usual;
  const options = ids.flatMap((id) => deps.knowledge().card(id, nowMs) ?? []).map((card) => cardButton(deps, card, resident.lang));
  if (options.length === 0) return greet(deps, resident);
  const reply = choiceReply(deps, resident.lang, options, 'chat:menu.choose');
  return { replies: [reply], effects: [{ kind: 'context', context: { choices: options, atMs: nowMs } }], judgement: null };
}

function greet(deps: ConverseDeps, resident: ResidentView): Turn {
  return say(deps, resident.lang, 'chat:smalltalk.greeting');
}

function say(deps: ConverseDeps, lang: Lang, key: Parameters<typeof plainReply>[2], values?: Parameters<typeof plainReply>[3]): Turn {
  return { replies: [plainReply(deps, lang, key, values)], effects: [], judgement: null };
}
