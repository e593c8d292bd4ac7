import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/**
 * The caller's network address under @hono/node-server. A proxy on the same machine is believed about the address it
 * saw, which it puts last; anybody else's `X-Forwarded-For` is only a claim. IPv6 callers own whole /64 networks, so
 * these count as one.
 */
export function remoteAddress(c: Context): string {
  const direct = getConnInfo(c).remote.address ?? '';
  const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
  return networkOf(isLoopback(direct) && forwarded !== undefined && forwarded !== '' ? forwarded : direct);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

/** The address itself for IPv4, the first four groups for IPv6. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':');
}
