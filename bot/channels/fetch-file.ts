import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

const MOST_BYTES = 20_000_000;
const FETCH_MS = 15_000;

/** Addresses of one's own machine or network, https://www.iana.org/assignments/iana-ipv4-special-registry and the same for IPv6. */
const INSIDE = new BlockList();
for (const [net, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 3]] as const) INSIDE.addSubnet(net, bits);
for (const [net, bits] of [['::', 127], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8]] as const) INSIDE.addSubnet(net, bits, 'ipv6');

/** Every address of a name, as the machine resolves it. */
export type Resolve = (hostname: string) => Promise<{ address: string; family: number }[]>;

/**
 * The bytes behind an address that a platform gave us, or null. Only https, no bare machine addresses, and no name that
 * stands for one: what is fetched stands in a message, and must not lead into the station's own network. `ownRoot` is
 * the platform's own API address, under which anything may be fetched.
 */
export async function fetchFile(address: string, ownRoot: string, resolve: Resolve = (hostname) => lookup(hostname, { all: true })): Promise<Uint8Array | null> {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  try {
    if (url.origin !== new URL(ownRoot).origin && !await leadsOutside(url, resolve)) return null;
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) });
    if (!response.ok || response.body === null || Number(response.headers.get('content-length') ?? 0) > MOST_BYTES) return null;
    const reader = response.body.getReader();
    const parts: Uint8Array[] = [];
    for (let size = 0; ;) {
      const next = await reader.read();
      if (next.done) return new Uint8Array(Buffer.concat(parts));
      const part: unknown = next.value;
      size += part instanceof Uint8Array ? part.byteLength : MOST_BYTES;
      if (size > MOST_BYTES || !(part instanceof Uint8Array)) {
        await reader.cancel();
        return null;
      }
      parts.push(part);
    }
  } catch {
    return null;
  }
}

async function leadsOutside(url: URL, resolve: Resolve): Promise<boolean> {
  if (url.protocol !== 'https:' || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0 || !url.hostname.includes('.')) return false;
  const found = await resolve(url.hostname);
  return found.length > 0 && found.every(({ address, family }) => !INSIDE.check(address, family === 6 ? 'ipv6' : 'ipv4'));
}
