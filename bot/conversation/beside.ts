import type { Button, Layout } from '#bot/channels/channel.ts';
import { letterCount } from '#knowledge/identify/orthography.ts';
import type { Judge } from '#knowledge/judgement.ts';
import type { Lang } from '#knowledge/lang.ts';
import { LABEL_LETTERS } from '#locales/exchange.ts';
import { isGuarded } from '#locales/guarded.ts';
import type { Texts } from '#locales/texts.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Effect, Reply, ResidentView, Turn } from './turn.ts';

/**
 * Drafts beside the Vietnamese. A turn is a value, so it is made twice: in Vietnamese, and with the drafts that exist in
 * the resident's language; what the second says is laid below the first, with the word that no speaker has checked it.
 */

/** Stands where a text has no draft; a line that holds it is left out. */
const GAP = '\uE000';

/** The turn for a resident who chose another language: what is approved alone, drafts below the Vietnamese where the place shows them. */
export function withDrafts(deps: ConverseDeps, resident: ResidentView, make: (deps: ConverseDeps) => Turn): Turn {
  const once = { ...deps, knowledge: remembering(deps) };
  const turn = make(once);
  const lang = languageOf(resident, turn.effects);
  if (lang === 'vi' || !deps.place.showDrafts) return turn;
  const drafted = make({ ...once, texts: draftsOf(deps.texts), drafts: true });
  const notice = deps.texts.say('vi', 'chat:draft.notice', { language: deps.texts.say('vi', `chat:languageName.${lang}`) });
  const labels = new Map<string, string>();
  const replies = turn.replies.map((reply, i) => {
    const draft = drafted.replies[i];
    return draft === undefined || draft.buttons.length !== reply.buttons.length ? reply : beside(reply, draft, notice, labels);
  });
  return { ...turn, replies, effects: turn.effects.map((effect) => relabelled(effect, labels)) };
}

/** The language that the turn's texts are for: the one just chosen, or the resident's. */
function languageOf(resident: ResidentView, effects: readonly Effect[]): Lang {
  return effects.reduce<Lang>((lang, effect) => (effect.kind === 'language' ? effect.lang : lang), resident.lang);
}

/** The texts as drafts: what is approved, what is drafted, and a gap for the rest. Weekdays stay Vietnamese: they are counted differently. */
function draftsOf(texts: Texts): Texts {
  return {
    ...texts,
    say: (lang, key, values) => {
      if (lang === 'vi' || texts.langOf(lang, key) === lang) return texts.say(lang, key, values);
      return texts.draft(lang, key, values) ?? (isGuarded(key) && /weekday/.test(key) ? texts.say('vi', key, values) : GAP);
    },
  };
}

/** Danger stays as it is. Elsewhere the drafted lines stand below, and each button has both labels where they fit. */
function beside(reply: Reply, draft: Reply, notice: string, labels: Map<string, string>): Reply {
  if (reply.layout.form === 'emergency') return reply;
  const buttons = reply.buttons.map((button, i): Button => {
    const both = bothLabels(button.label, draft.buttons[i]?.label ?? GAP);
    if (both !== button.label) labels.set(`${button.value}\n${button.label}`, both);
    return { ...button, label: both };
  });
  const relabel = (text: string) => text.split('\n').map((line) => relabelledLine(line, reply.buttons, buttons)).join('\n');
  const own = new Set([...reply.text.split('\n'), ...draft.buttons.map((button, i) => `${i + 1}. ${button.label}`)]);
  const lines = draft.text.split('\n').filter((line) => !line.includes(GAP) && !own.has(line));
  const words = lines.join('\n').replace(/\n{3,}/g, '\n\n').trim();
  if (words === '') return { ...reply, text: relabel(reply.text), buttons };
  return { ...laid(reply, relabel(reply.text), `${words}\n${notice}`), buttons };
}

function laid(reply: Reply, text: string, block: string): Reply {
  const below = `${text}\n\n${block}`;
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

/** `Lăng dong (Xem thêm)` within what every channel shows whole; the Vietnamese alone where it would be longer. */
function bothLabels(vietnamese: string, draft: string): string {
  if (draft.includes(GAP) || draft === vietnamese) return vietnamese;
  return letterCount(draft) + letterCount(vietnamese) + 3 <= LABEL_LETTERS ? `${draft} (${vietnamese})` : vietnamese;
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
