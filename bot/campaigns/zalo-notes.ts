import type { Texts } from '#locales/texts.ts';
import type { Plan } from './plan.ts';

/** What a plan says of Zalo in plain sentences: what costs money, what is left, and what is off and why. None when nobody of it is on Zalo. */
export function zaloNotes({ ways, unreachable, zaloPaid, zaloTemplate, previews }: Plan, texts: Texts): string[] {
  const isOnZalo = ways['zalo-free'] + zaloPaid.needed + zaloTemplate.needed + unreachable['window-closed'] + unreachable['no-quota'] > 0;
  if (!isOnZalo) return [];
  const say = texts.say;
  const form = previews.flatMap(({ pieces }) => pieces).find((piece) => piece.template !== undefined)?.template;
  return [
    ...(zaloPaid.needed === 0 ? [] : [say('vi', 'cli:campaign.zalo.paid', { needed: zaloPaid.needed, left: zaloPaid.left }), zaloPaid.atZalo === null ? say('vi', 'cli:campaign.zalo.notSaid') : say('vi', 'cli:campaign.zalo.atZalo', { count: zaloPaid.atZalo })]),
    say('vi', `cli:campaign.zalo.template.${zaloTemplate.state}`, { needed: zaloTemplate.needed, left: zaloTemplate.left, values: Object.values(form?.data ?? {}).map((value) => `“${value}”`).join(', ') }),
  ];
}

/** The ways that are not used, each with nobody and the reason. */
export function notUsedLines({ notUsed }: Pick<Plan, 'notUsed'>, texts: Texts): string[] {
  return notUsed.map(({ way, people, why }) => `${texts.say('vi', `cli:campaign.notUsed.${way}`)}: ${people}. ${texts.say('vi', `cli:campaign.notUsed.${why}`)}`);
}
