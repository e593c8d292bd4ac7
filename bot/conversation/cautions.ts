import type { Judgement } from '#knowledge/judgement.ts';
import { passOn } from './handover.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { ResidentView, Turn } from './turn.ts';

/**
 * What a card must not be taken for. Whether it is this illness, only an examination can tell; a dose or a medicine for a
 * person stands in no unsigned card, so its safe part goes out and the question goes to a health worker as well.
 */
export function withCautions(deps: ConverseDeps, resident: ResidentView, turn: Turn, judgement: Extract<Judgement, { outcome: 'answer' }>, text: string, nowMs: number): Turn {
  const [first, ...others] = turn.replies;
  const card = deps.knowledge().card(judgement.cardId, nowMs);
  if (first === undefined || card === undefined) return turn;
  let told = turn;
  if (judgement.reasons.includes('only-examination')) {
    const only = deps.texts.say(resident.lang, 'chat:answer.onlyExamination', { phone: deps.place.station.phone });
    const layout = first.layout.form === 'answer' ? { ...first.layout, body: [first.layout.body, only].filter((part) => part !== '').join('\n\n') } : first.layout;
    told = { ...told, replies: [{ ...first, text: `${first.text}\n\n${only}`, layout }, ...others] };
  }
  if (judgement.reasons.includes('dose') && card.clinical !== null && card.review.status !== 'signed') {
    const passed = passOn(deps, resident, { kind: 'question', question: text, offered: [card.id], reasons: ['dose'], lead: 'chat:passed.dose' }, nowMs);
    told = { ...told, replies: [...told.replies, ...passed.replies], effects: [...told.effects, ...passed.effects.filter((effect) => effect.kind === 'ticket')] };
  }
  return told;
}
