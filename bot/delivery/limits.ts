import type { ChannelName } from '#bot/channels/channel.ts';

/** Messages a second to each platform, over all processes together: the platforms' own limits. The web has none. */
export const LIMITS_PER_SECOND = { 'telegram': 30, 'zalo': 10, 'zalo-bot': 10 } as const satisfies Partial<Record<ChannelName, number>>;
