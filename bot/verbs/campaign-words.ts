import { TEXT_LIMIT } from '#bot/campaigns/content.ts';
import type { CampaignProblem, CampaignStatus } from '#bot/campaigns/campaigns.ts';
import type { Plan } from '#bot/campaigns/plan.ts';
import type { Preview } from '#bot/campaigns/preview.ts';
import { notUsedLines, zaloNotes } from '#bot/campaigns/zalo-notes.ts';
import { clockOf, dayOf, readableDay } from '#knowledge/day.ts';
import type { ExitCode, VerbContext } from './verb.ts';

/** An announcement as somebody at the terminal reads it. */

/** A plan: whom it reaches and how, whom it does not and why, and what each channel will show. */
export function planLines(it: Plan, previews: readonly Preview[], context: VerbContext): string[] {
  const { say } = context.texts;
  const counted = <K extends string>(counts: Record<K, number>, name: (key: K) => string): string[] => (
    (Object.keys(counts) as K[]).filter((key) => counts[key] > 0).map((key) => `  ${name(key)}: ${counts[key]}`)
  );
  return [
    say('vi', 'cli:campaign.plan.audience', { audience: it.audience, reachable: it.reachable, from: moment(it.startsMs), to: moment(it.endsMs) }),
    ...counted(it.ways, (way) => say('vi', `cli:campaign.way.${way}`)),
    ...counted(it.unreachable, (why) => say('vi', `cli:campaign.unreachable.${why}`)),
    ...zaloNotes(it, context.texts).map((line) => `  ${line}`),
    ...notUsedLines(it, context.texts).map((line) => `  ${line}`),
    ...counted(it.leftOut, (why) => say('vi', `cli:campaign.leftOut.${why}`)),
    ...(it.vietnameseForWant > 0 ? [say('vi', 'cli:campaign.plan.vietnamese', { count: it.vietnameseForWant })] : []),
    ...it.blocks.map((block) => say('vi', `cli:campaign.block.${block}`)),
    ...(it.needsSecondPerson ? [say('vi', 'cli:campaign.plan.second')] : []),
    ...previews.flatMap(({ channel, lang, messages }) => [
      `--- ${say('vi', `console:channel.${channel}`)}, ${say('vi', `chat:languageName.${lang}`)}`,
      ...messages.flatMap(({ kind, text, alt, buttons }) => [
        ...(kind === 'text' ? [] : [`(${say('vi', `console:campaign.preview.${kind}`)}${alt === undefined ? '' : `: ${alt}`})`]),
        ...(text === '' ? [] : [text]),
        ...(buttons.length === 0 ? [] : [buttons.map((label) => `[${label}]`).join(' ')]),
      ]),
    ]),
  ];
}

/** Where it stands, in one line. */
export function statusLine(it: CampaignStatus, { texts }: VerbContext): string {
  return texts.say('vi', 'cli:campaign.status', { ...it, state: texts.say('vi', `cli:campaign.state.${it.state}`) });
}

/** Why it was not done, as somebody at the terminal reads it; wrong words are wrong usage. */
export function tell(problem: CampaignProblem, { texts, err }: VerbContext): ExitCode {
  const say = texts.say;
  switch (problem.kind) {
    case 'unknown':
      err.write(`${say('vi', 'cli:campaign.unknown')}\n`);
      return 1;
    case 'audience':
      for (const fault of problem.faults) err.write(`${say('vi', `cli:campaign.audience.${fault.why}`, { term: fault.term })}\n`);
      return 2;
    case 'content':
      err.write(`${say('vi', 'cli:campaign.badContent', { fields: problem.fields.join(', '), limit: TEXT_LIMIT })}\n`);
      return 2;
    case 'wrong-state':
      err.write(`${say('vi', 'cli:campaign.wrongState', { state: say('vi', `cli:campaign.state.${problem.state}`) })}\n`);
      return 1;
    case 'blocked':
      for (const block of problem.blocks) err.write(`${say('vi', `cli:campaign.block.${block}`)}\n`);
      return 1;
    case 'changed':
      err.write(`${say('vi', 'cli:campaign.changed')}\n`);
      return 1;
    case 'needs-second-person':
      err.write(`${say('vi', 'cli:campaign.needsSecond')}\n`);
      return 1;
  }
}

/** `7:00 25/11/2026`, in Vietnam. */
export function moment(atMs: number): string {
  const { hour, minute } = clockOf(atMs);
  return `${hour}:${String(minute).padStart(2, '0')} ${readableDay(dayOf(atMs))}`;
}
