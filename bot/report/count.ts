import type { InboundContent } from '#bot/channels/channel.ts';
import type { Turn } from '#bot/conversation/turn.ts';
import { countFacts, countOnce, countsBetween, keepRise, type Fact } from '#bot/store/counts.ts';
import { addNotices } from '#bot/store/notices.ts';
import type { Person } from '#bot/store/people.ts';
import type { Tx } from '#bot/store/schema.ts';
import { linkedAccounts } from '#bot/store/staff-links.ts';
import { addDays, dayOf, type Day } from '#knowledge/day.ts';
import type { Sign, SignRules } from './signs.ts';

/** Counting what happens, in the transaction in which it happens. Nothing of what was said, and nobody, is kept. */

export type Happened = { person: Person; content: InboundContent | null; turn: Turn };

/** Called at the end of each handled message. */
export function createCounting(signs: SignRules, villageName: (id: string) => string): (tx: Tx, happened: Happened) => Promise<void> {
  return async (tx, { person, content, turn }) => {
    const day = dayOf(tx.nowMs);
    const facts = factsOf(turn, { village: person.villageId ?? '', firstToday: person.lastInboundMs === null || dayOf(person.lastInboundMs) !== day });
    const found: Sign[] = [];
    const isPrivate = facts.some(({ what }) => what === 'sensitive');
    if (content?.kind === 'text' && !content.forwarded && !isPrivate) {
      for (const sign of signs.of(content.text)) if (await countOnce(tx, person, `${sign}:${weekNumber(day)}`, day)) found.push(sign);
    }
    const village = person.villageId ?? '';
    await countFacts(tx, day, [...facts, ...found.map((sign): Fact => ({ what: 'sign', topic: sign, village }))]);
    for (const sign of found) await lookWhetherItRises(tx, signs, sign, { id: village, name: villageName(village) }, day);
  };
}

/** What one turn adds to the counts. The sensitive class is counted without a village. */
function factsOf(turn: Turn, { village, firstToday }: { village: string; firstToday: boolean }): Fact[] {
  const { judgement } = turn;
  const facts: Fact[] = firstToday ? [{ what: 'conversation', topic: '', village }] : [];
  const chosen = judgement === null ? turn.replies.find((reply) => reply.layout.form === 'answer' && reply.cardId !== null)?.cardId ?? null : null;
  if (chosen !== null) facts.push({ what: 'answer', topic: chosen, village });
  switch (judgement?.outcome) {
    case undefined:
    case 'smalltalk':
      break;
    case 'answer':
      facts.push({ what: 'answer', topic: judgement.cardId, village });
      break;
    case 'clarify':
      facts.push({ what: 'clarify', topic: judgement.options[0], village });
      break;
    case 'escalate':
    case 'human':
    case 'session':
    case 'child-schedule':
      facts.push({ what: judgement.outcome, topic: '', village });
      break;
    case 'emergency':
      facts.push(judgement.danger === 'suicide' || judgement.danger === 'violence' ? { what: 'sensitive', topic: '', village: '' } : { what: 'danger', topic: judgement.danger, village });
      break;
    default:
      judgement satisfies never;
  }
  for (const effect of turn.effects) {
    if (effect.kind === 'ticket') facts.push({ what: 'ticket', topic: effect.ticket.kind, village: effect.ticket.kind === 'sensitive' ? '' : village });
  }
  return facts;
}

/** Weeks before the present days from which the usual is taken. */
const USUAL_DAYS = 14;

async function lookWhetherItRises(tx: Tx, signs: SignRules, sign: Sign, village: { id: string; name: string }, day: Day): Promise<void> {
  const { people: least, days } = signs.rule(sign);
  const from = addDays(day, 1 - days);
  const counts = await countsBetween(tx, addDays(from, -USUAL_DAYS), day, { what: 'sign', topic: sign, village: village.id });
  const sum = (list: typeof counts): number => list.reduce((total, { n }) => total + n, 0);
  const people = sum(counts.filter((count) => count.day >= from));
  const usual = sum(counts.filter((count) => count.day < from)) / USUAL_DAYS;
  if (people < least || people < usual * days * 2) return;
  await tellHeads(tx, { key: `${sign}|${village.id}|${weekNumber(day)}`, sign, village: village.id, people, usual, ticketId: null }, village.name);
}

/** Writes a rise down and tells the heads, once. */
export async function tellHeads(tx: Tx, rise: Parameters<typeof keepRise>[1], villageName: string): Promise<boolean> {
  if (!await keepRise(tx, rise)) return false;
  const heads = (await linkedAccounts(tx)).filter((account) => account.role === 'head' && account.userId !== null);
  await addNotices(tx, heads.map((account) => ({ dedupeKey: `rise:${rise.key}:${account.id}`, kind: 'rise' as const, ticketId: null, accountId: account.id, detail: `${rise.sign}|${villageName.replaceAll('|', ' ')}|${rise.people}` })));
  return true;
}

/** Number of the seven days in which `day` lies; a person is counted once in each. */
function weekNumber(day: Day): number {
  return Math.floor(Date.parse(day) / 604_800_000);
}
