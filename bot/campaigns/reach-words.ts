import type { Texts } from '#locales/texts.ts';

const KNOWN_REASONS = ['gone', 'window-closed', 'no-quota', 'no-consent', 'stopped', 'kind-refused', 'erased', 'expired', 'campaign-stopped'] as const;

/** Why somebody was not reached, in words; what only a platform knows is said as its refusal. */
export function reasonWords(texts: Texts, reason: string): string {
  return texts.say('vi', `cli:campaign.reason.${KNOWN_REASONS.find((each) => each === reason) ?? 'other'}`);
}
