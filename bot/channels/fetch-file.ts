import { isIP } from 'node:net';

const MOST_BYTES = 20_000_000;
const FETCH_MS = 15_000;

/**
 * The bytes behind an address that a platform gave us, or null. Only https, and no bare machine addresses: what is
 * fetched stands in a message, and must not lead into the station's own network. `ownRoot` is the platform's own API
 * address, under which anything may be fetched.
 */
export async function fetchFile(address: string, ownRoot: string): Promise<Uint8Array | null> {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const outside = url.protocol === 'https:' && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 && url.hostname.includes('.') && !url.hostname.endsWith('.local');
  if (!outside && url.origin !== new URL(ownRoot).origin) return null;
  try {
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
