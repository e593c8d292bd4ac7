import { writePayload, type StartPayload } from './payload.ts';

/** Where a poster's codes lead: each way to the station that is set up. */
export type PosterLink = { channel: 'telegram' | 'zalo' | 'web'; url: string };

export type Reachable = {
  /** The bot's user name, without @. */
  telegramUsername: string | null;
  zaloOaId: string | null;
  /** `PUBLIC_URL`; a poster with an address of this machine only would lead nowhere, so `http:` is left out. */
  publicUrl: string | null;
};

/** Zalo first: it is what most people here have. */
export function posterLinks(reachable: Reachable, where: StartPayload): PosterLink[] {
  const links: PosterLink[] = [];
  if (reachable.zaloOaId !== null) links.push({ channel: 'zalo', url: `https://zalo.me/${encodeURIComponent(reachable.zaloOaId)}` });
  if (reachable.telegramUsername !== null) links.push({ channel: 'telegram', url: `https://t.me/${encodeURIComponent(reachable.telegramUsername)}?start=${writePayload(where)}` });
  if (reachable.publicUrl?.startsWith('https:') === true) links.push({ channel: 'web', url: `${reachable.publicUrl}/` });
  return links;
}
