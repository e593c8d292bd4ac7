import type { Button, Layout, Piece } from '#bot/channels/channel.ts';
import { letterCount } from '#knowledge/letters.ts';
import type { Judge } from '#knowledge/judgement.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Place } from '#knowledge/place.ts';
import { isLabel, LABEL_LETTERS } from '#locales/exchange.ts';
import { isDanger, isVietnameseName } from '#locales/guarded.ts';
import type { TextKey, Texts, Values } from '#locales/texts.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Effect, ResidentView, Turn } from './turn.ts';

/**
 * Drafts beside the Vietnamese. A turn is a value, so it is made twice: in Vietnamese, and with the drafts that exist in
 * the resident's language; what the second says is laid below the first, with the word that no speaker has checked it.
 * Where something has no text in the language, one line in it says so and offers a person: once, not at every piece.
 */

/** Stands where a text has no draft; a line that holds it is left out. */
const GAP = '\uE000';
/** The same for danger texts, which are Vietnamese by rule: nobody is told that they are missing. */
const STILL = '\uE001';

/** What drafts beside the Vietnamese ask for. */
export type Told = { texts: Texts; place: Pick<ConverseDeps['place'], 'showDrafts'> };

/** The turn for a resident who chose another language: what is approved alone, drafts below the Vietnamese where the place shows them. */
export function withDrafts(deps: ConverseDeps, resident: ResidentView, make: (deps: ConverseDeps) => Turn, nowMs: number): Turn {
  const watch = watched(deps.texts);
  const once = { ...deps, knowledge: remembering(deps), texts: watch.texts };
  const turn = make(once);
  const lang = languageOf(resident, turn.effects);
  if (lang === 'vi') return turn;
  if (!deps.place.showDrafts) return { ...turn, replies: sayingSo(deps, lang, turn.replies, watch) };
  const drafted = make({ ...once, texts: draftsOf(deps.texts), drafts: true });
  const { pieces, labels, silent } = laidBeside(deps, lang, turn.replies, drafted.replies);
  const told = { ...turn, replies: pieces, effects: turn.effects.map((effect) => relabelled(effect, labels)) };
  return silent === null ? told : withPerson(told, silent, { label: labelIn(deps, lang, 'chat:button.human'), value: 'human' }, nowMs);
}

/** Where a reply has no word in the language and nothing to press, a person can be pressed for. */
function withPerson(turn: Turn, at: number, button: Button, nowMs: number): Turn {
  const reply = turn.replies[at];
  const isBusy = turn.effects.some(({ kind }) => kind === 'context' || kind === 'erase' || kind === 'ticket');
  if (reply === undefined || reply.layout.form !== 'plain' || reply.buttons.length > 0 || isBusy) return turn;
  return { ...turn, replies: turn.replies.with(at, { ...reply, buttons: [button] }), effects: [...turn.effects, { kind: 'context', context: { choices: [button], atMs: nowMs } }] };
}

/** What is told outside a turn (a reminder, what is held, a word from the desk), with its drafts beside it in the same way. */
export function inBoth<P extends Piece>(deps: Told, lang: Lang, make: (texts: Texts) => readonly P[]): P[] {
  if (lang === 'vi') return [...make(deps.texts)];
  const watch = watched(deps.texts);
  const pieces = make(watch.texts);
  return deps.place.showDrafts ? laidBeside(deps, lang, pieces, make(draftsOf(deps.texts))).pieces : sayingSo(deps, lang, pieces, watch);
}

/**
 * The same for words of the station that nobody has put into the language: they stay as they are, what stands round them
 * has its drafts, and one line in the language says that they are missing.
 */
export function onlyInVietnamese<P extends Piece>(deps: Told, lang: Lang, make: (texts: Texts) => readonly P[]): P[] {
  const pieces = make(deps.texts);
  return deps.place.showDrafts ? laidBeside(deps, lang, pieces, make(draftsOf(deps.texts)), true).pieces : sayingSo(deps, lang, pieces, { texts: deps.texts, missed: () => true });
}

/** Words of the station for a reader of another language: put into it by a speaker, or Vietnamese alone. */
export function stationWords<P extends Piece>(deps: Told, lang: Lang, words: 'own' | 'vietnamese', make: (texts: Texts) => readonly P[]): P[] {
  return words === 'own' ? inBoth(deps, lang, make) : onlyInVietnamese(deps, lang, make);
}

/** A label as it stands on a key that is added to a finished turn: both languages where the place shows drafts and both fit. */
export function labelIn(deps: Told, lang: Lang, key: TextKey, values: Values = {}): string {
  const label = deps.texts.say(lang, key, values);
  const draft = deps.place.showDrafts ? deps.texts.draft(lang, key, values) : null;
  return draft === null ? label : bothLabels(label, draft, false);
}

/** A text of one line with nothing around it (a menu, a word under a press): a draft has its Vietnamese in brackets, however long. */
export function bothIn(deps: { texts: Texts; place: Pick<Place, 'showDrafts'> }, lang: Lang, key: TextKey): string {
  const text = deps.texts.say(lang, key);
  const draft = deps.place.showDrafts ? deps.texts.draft(lang, key) : null;
  return draft === null || draft === text ? text : `${draft} (${text})`;
}

/** The language that the turn's texts are for: the one just chosen, or the resident's. */
function languageOf(resident: ResidentView, effects: readonly Effect[]): Lang {
  return effects.reduce<Lang>((lang, effect) => (effect.kind === 'language' ? effect.lang : lang), resident.lang);
}

/** The texts as drafts: what is approved, what is drafted, and a gap for the rest. Weekdays and the names of purposes stay Vietnamese inside a drafted line. */
function draftsOf(texts: Texts): Texts {
  return {
    ...texts,
    say: (lang, key, values) => {
      if (lang === 'vi' || texts.langOf(lang, key) === lang) return texts.say(lang, key, values);
      return texts.draft(lang, key, values) ?? (isVietnameseName(key) ? texts.say('vi', key, values) : isDanger(key) ? STILL : GAP);
    },
  };
}

type Watch = { texts: Texts; missed: () => boolean };

/** The same texts, noting whether a sentence that a language lacks was said in Vietnamese. */
function watched(texts: Texts): Watch {
  let missed = false;
  return {
    missed: () => missed,
    texts: {
      ...texts,
      say: (lang, key, values) => {
        missed ||= lang !== 'vi' && lang !== 'en' && texts.langOf(lang, key) !== lang && !isDanger(key) && !isVietnameseName(key) && !isLabel(key);
        return texts.say(lang, key, values);
      },
    },
  };
}

/** Without drafts: what fell back to Vietnamese is said to be missing, as soon as the language has an approved line for it. */
function sayingSo<P extends Piece>(deps: Pick<Told, 'texts'>, lang: Lang, pieces: readonly P[], { missed }: Watch): P[] {
  const at = pieces.findLastIndex((piece) => piece.layout.form !== 'emergency');
  const piece = pieces[at];
  const lacks = missed() || pieces.some(({ layout, lang: spoken }) => layout.form === 'person' && spoken === 'vi');
  if (piece === undefined || !lacks || deps.texts.langOf(lang, MISSING) !== lang || pieces.some(({ layout }) => layout.form === 'emergency')) return [...pieces];
  return pieces.with(at, laid(lang, piece, piece.text, missingLine(lang, deps.texts.say)));
}

const MISSING = 'chat:language.missingPart';

function missingLine(lang: Lang, say: Texts['say']): string {
  return say(lang, MISSING, { language: say(lang, `chat:languageName.${lang}`) });
}

/** That no speaker has checked a draft, in Vietnamese and, for who reads nothing else, in the language. */
export function draftNotice(texts: Texts, lang: Lang): string {
  const name: TextKey = `chat:languageName.${lang}`;
  const own = texts.draft(lang, 'chat:draft.notice', { language: texts.draft(lang, name) ?? texts.say(lang, name) });
  return [texts.say('vi', 'chat:draft.notice', { language: texts.say('vi', name) }), ...(own === null ? [] : [own])].join('\n');
}

/** The line that something has no text in the language, for below words that are told outside a turn; null where none may be shown. */
export function missingBlock(deps: Told, lang: Lang): string | null {
  if (deps.texts.langOf(lang, MISSING) === lang) return missingLine(lang, deps.texts.say);
  const line = missingLine(lang, draftsOf(deps.texts).say);
  return !deps.place.showDrafts || line.includes(GAP) ? null : `${line}\n${draftNotice(deps.texts, lang)}`;
}

type Laid<P> = {
  pieces: P[];
  /** What was added to the labels of keys, by value and label. */
  labels: Map<string, string>;
  /** The piece that says nothing in the language but that it is missing; null when there is none. */
  silent: number | null;
};

/** The drafts below their pieces; the last piece in which something is missing says so. Danger stays as it is. `lacks`: the words of the first are missing themselves. */
function laidBeside<P extends Piece>(deps: Told, lang: Lang, pieces: readonly P[], drafts: readonly Piece[], lacks = false): Laid<P> {
  const labels = new Map<string, string>();
  const both = pieces.map((piece, i) => {
    const draft = drafts[i];
    const isApart = piece.layout.form === 'emergency' || draft === undefined || draft.buttons.length !== piece.buttons.length;
    const both = isApart ? { piece, text: piece.text, words: '', lacks: false } : compared(piece, draft, labels);
    return lacks && i === 0 ? { ...both, lacks } : both;
  });
  const say = draftsOf(deps.texts).say;
  const missing = missingLine(lang, say);
  // A card that nobody wrote in the language has said so already; in danger nothing is said of languages.
  const whole = say(lang, 'chat:language.missing', { language: say(lang, `chat:languageName.${lang}`) });
  const isSaid = missing.includes(GAP) || both.some(({ piece, words }) => piece.layout.form === 'emergency' || words.includes(whole));
  const last = isSaid ? -1 : both.findLastIndex(({ lacks }) => lacks);
  const notice = draftNotice(deps.texts, lang);
  const isApproved = deps.texts.langOf(lang, MISSING) === lang;
  return {
    labels,
    silent: both[last]?.words === '' ? last : null,
    pieces: both.map(({ piece, text, words }, i): P => {
      const block = [words, i === last ? missing : ''].filter((part) => part !== '').join('\n');
      if (block === '') return text === piece.text && piece.buttons.every((button, at) => button === pieces[i]?.buttons[at]) ? { ...piece, text } : { ...piece, text, beside: { lang, text: '' } };
      return laid(lang, piece, text, words === '' && isApproved ? block : `${block}\n${notice}`);
    }),
  };
}

/** One piece with both labels on its keys, the drafted lines that are not in it yet, and whether some line has no draft. */
function compared<P extends Piece>(piece: P, draft: Piece, labels: Map<string, string>): { piece: P; text: string; words: string; lacks: boolean } {
  const listed = new Set(piece.text.split('\n'));
  const buttons = piece.buttons.map((button, i): Button => {
    const both = bothLabels(button.label, draft.buttons[i]?.label ?? GAP, listed.has(`${i + 1}. ${button.label}`));
    if (both !== button.label) labels.set(`${button.value}\n${button.label}`, both);
    return { ...button, label: both };
  });
  const text = piece.text.split('\n').map((line) => relabelledLine(line, piece.buttons, buttons)).join('\n');
  const chosen = new Set(draft.buttons.map((button, i) => `${i + 1}. ${button.label}`));
  const told = draft.text.split('\n').filter((line) => !listed.has(line) && !chosen.has(line));
  const words = told.filter((line) => !line.includes(GAP) && !line.includes(STILL)).join('\n').replace(/\n{3,}/g, '\n\n').trim();
  // A person of the station writes in their own language, and a Vietnamese word of theirs has no draft.
  return { piece: { ...piece, buttons }, text, words, lacks: told.some((line) => line.includes(GAP)) || (piece.layout.form === 'person' && piece.lang === 'vi') };
}

function laid<P extends Piece>(lang: Lang, bare: P, text: string, block: string): P {
  const below = `${text}\n\n${block}`;
  const reply = { ...bare, beside: { lang, text: block } };
  const { layout } = reply;
  switch (layout.form) {
    case 'answer':
      return { ...reply, text: below, layout: { ...layout, body: joined(layout.body, block) } };
    case 'passed':
    case 'person':
      return { ...reply, text: below, layout: { ...layout, body: joined(layout.body, block) } };
    case 'choices': {
      // The choices come last, so that the numbers stand where the thumb is.
      const lead = joined(layout.lead, block);
      const rest = text.startsWith(layout.lead) ? text.slice(layout.lead.length) : `\n${text}`;
      return { ...reply, text: lead + rest, layout: { ...layout, lead } satisfies Layout };
    }
    case 'plain':
    case 'emergency':
      return { ...reply, text: below };
  }
}

function joined(text: string, block: string): string {
  return text === '' ? block : `${text}\n\n${block}`;
}

/**
 * `Lăng dong (Xem thêm)` within what every channel shows whole. Where it would be longer, a label that also stands in the
 * text has the Vietnamese first, so that a channel which cuts it shows that; a key alone stays Vietnamese.
 */
function bothLabels(vietnamese: string, draft: string, isListed: boolean): string {
  if (draft.includes(GAP) || draft.includes(STILL) || draft === vietnamese) return vietnamese;
  if (letterCount(draft) + letterCount(vietnamese) + 3 <= LABEL_LETTERS) return `${draft} (${vietnamese})`;
  return isListed ? `${vietnamese} (${draft})` : vietnamese;
}

function relabelledLine(line: string, before: readonly Button[], after: readonly Button[]): string {
  const at = before.findIndex((button, i) => line === `${i + 1}. ${button.label}`);
  return at === -1 ? line : `${at + 1}. ${after[at]?.label ?? ''}`;
}

function relabelled(effect: Effect, labels: ReadonlyMap<string, string>): Effect {
  if (effect.kind !== 'context' || effect.context?.choices === undefined) return effect;
  const choices = effect.context.choices.map((choice) => ({ ...choice, label: labels.get(`${choice.value}\n${choice.label}`) ?? choice.label }));
  return { ...effect, context: { ...effect.context, choices } };
}

/** A question is judged once in a turn, however often the turn is made. */
function remembering(deps: ConverseDeps): ConverseDeps['knowledge'] {
  const judged = new Map<string, ReturnType<Judge>>();
  return () => {
    const knowledge = deps.knowledge();
    return {
      ...knowledge,
      judge: (question, context) => {
        const known = judged.get(question) ?? knowledge.judge(question, context);
        judged.set(question, known);
        return known;
      },
    };
  };
}
