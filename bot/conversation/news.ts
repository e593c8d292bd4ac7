import type { Button } from '#bot/channels/channel.ts';
import { GROUPS } from '#bot/campaigns/groups.ts';
import { CAMPAIGN_KINDS } from '#bot/campaigns/kinds.ts';
import { fold } from '#knowledge/text.ts';
import type { ConverseDeps } from './knowledge.ts';
import { plainReply } from './reply.ts';
import type { Effect, Reply, ResidentView, Turn } from './turn.ts';

/** Agreeing to the station's announcements, choosing groups, and refusing one kind: by words and by a press, never a gate. */

/** The words with which people agree; kept with the consent. */
const TEXT_VERSION = 'announcements-1';

/** A message that asks for announcements, as a whole or in a few words; one that says no in any way does not. */
export function asksForNews(deps: ConverseDeps, text: string): boolean {
  const words = plainly(text);
  const says = (key: 'chat:commandWords.join' | 'chat:commandWords.joinNot'): boolean => deps.texts.say('vi', key).split('|').some((phrase) => ` ${words} `.includes(` ${phrase} `));
  return words.split(' ').length <= SHORT_WORDS && says('chat:commandWords.join') && !says('chat:commandWords.joinNot');
}

const SHORT_WORDS = 9;

/** "Đăng ký nhận tin": agreed at once; which groups they belong to is offered below and may be left alone. */
export function joinTurn(deps: ConverseDeps, resident: ResidentView, nowMs: number): Turn {
  const say = deps.texts.say;
  const buttons = GROUPS.map((group): Button => ({ label: say(resident.lang, `chat:group.${group}`), value: `group:${group}` }));
  const refused = resident.answered.filter((purpose) => purpose.startsWith('kind-') && !resident.consents.includes(purpose));
  const reply = plainReply(deps, resident.lang, 'chat:news.joined', { station: deps.place.station.name });
  const lead = say(resident.lang, 'chat:news.groups');
  const list = buttons.map((button, i) => say(resident.lang, 'chat:choices.line', { number: i + 1, label: button.label }));
  return {
    replies: [{ ...reply, text: [reply.text, '', lead, ...list].join('\n'), buttons }],
    effects: [
      { kind: 'consent', purpose: 'announcements', given: true, textVersion: TEXT_VERSION },
      // Whoever asks for announcements anew means all of them.
      ...refused.map((purpose): Effect => ({ kind: 'consent', purpose, given: true, textVersion: TEXT_VERSION })),
      { kind: 'context', context: { choices: buttons, atMs: nowMs } },
    ],
    judgement: null,
  };
}

/** A group was chosen; choosing it again leaves it. */
export function groupTurn(deps: ConverseDeps, resident: ResidentView, argument: string): Turn | null {
  const group = GROUPS.find((known) => known === argument);
  if (group === undefined) return null;
  const joined = !(resident.groups ?? []).includes(group);
  return {
    replies: [plainReply(deps, resident.lang, joined ? 'chat:news.inGroup' : 'chat:news.outOfGroup', { group: deps.texts.say(resident.lang, `chat:group.${group}`) })],
    effects: [{ kind: 'group', group, joined }],
    judgement: null,
  };
}

/** "Đừng gửi loại tin này": that kind no more, the others as before. */
export function refuseTurn(deps: ConverseDeps, resident: ResidentView, argument: string): Turn | null {
  const kind = CAMPAIGN_KINDS.find((known) => known === argument);
  if (kind === undefined) return null;
  return {
    replies: [plainReply(deps, resident.lang, 'chat:news.refused', { kind: deps.texts.say(resident.lang, `chat:purpose.kind-${kind}`) })],
    effects: [{ kind: 'consent', purpose: `kind-${kind}`, given: false, textVersion: TEXT_VERSION }],
    judgement: null,
  };
}

/**
 * Once in a lifetime, below the first answer after the notice: that the station also sends announcements, with a button.
 * Whoever has answered that before, or is in danger, is not asked.
 */
export function withOffer(deps: ConverseDeps, resident: ResidentView, turn: Turn, nowMs: number): Turn {
  if (!resident.greeted || resident.offered === true || resident.answered.includes('announcements') || resident.held !== undefined) return turn;
  const at = turn.replies.findIndex((reply) => reply.layout.form === 'answer');
  const reply = turn.replies[at];
  if (reply === undefined || turn.replies.some((each) => each.priority === 'emergency')) return turn;
  const button: Button = { label: deps.texts.say(resident.lang, 'chat:news.button'), value: 'news:yes' };
  const line = deps.texts.say(resident.lang, 'chat:news.offer');
  return {
    ...turn,
    replies: turn.replies.with(at, offering(reply, line, button)),
    effects: [...withChoice(turn.effects, button, nowMs), { kind: 'offered' }],
  };
}

function offering(reply: Reply, line: string, button: Button): Reply {
  const layout = reply.layout.form === 'answer' ? { ...reply.layout, notice: [reply.layout.notice, line].filter((part) => part !== null).join('\n') } : reply.layout;
  return { ...reply, text: `${reply.text}\n\n${line}`, buttons: [...reply.buttons, button], layout };
}

/** The button can be chosen by its number, too, where choices are numbered. */
function withChoice(effects: readonly Effect[], button: Button, nowMs: number): Effect[] {
  const last = effects.findLastIndex((effect) => effect.kind === 'context' && effect.context !== null);
  const effect = effects[last];
  if (effect?.kind !== 'context' || effect.context === null) return [...effects, { kind: 'context', context: { choices: [button], atMs: nowMs } }];
  return effects.with(last, { kind: 'context', context: { ...effect.context, choices: [...(effect.context.choices ?? []), button] } });
}

function plainly(text: string): string {
  return fold(text.toLowerCase()).replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

