import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

const COOKIE = 'loa_chat';
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** 128 random bits, base64url. */
const SECRET = /^[A-Za-z0-9_-]{22}$/;

/** Who is calling. `known` is false for a browser that brought no cookie of ours. */
export type Visitor = { id: string; known: boolean };

/** The visitor of this request. A browser without the cookie gets one with the response. */
export function visitorOf(c: Context, secure: boolean): Visitor {
  const brought = getCookie(c, COOKIE);
  const known = brought !== undefined && SECRET.test(brought);
  const secret = known ? brought : randomBytes(16).toString('base64url');
  if (!known) giveCookie(c, secret, secure);
  return { id: idOf(secret), known };
}

/** The visitor of this request if the browser brought the cookie, whose year then begins anew. */
export function renewVisitor(c: Context, secure: boolean): Visitor {
  const brought = getCookie(c, COOKIE);
  if (brought !== undefined && SECRET.test(brought)) giveCookie(c, brought, secure);
  return visitorOf(c, secure);
}

/** The visitor's id before any limit is checked, or null; sets nothing. */
export function broughtVisitor(c: Context): string | null {
  const brought = getCookie(c, COOKIE);
  return brought !== undefined && SECRET.test(brought) ? idOf(brought) : null;
}

/** Takes the cookie away. */
export function endVisitor(c: Context, secure: boolean): void {
  deleteCookie(c, COOKIE, { path: '/', secure });
}

function giveCookie(c: Context, secret: string, secure: boolean): void {
  setCookie(c, COOKIE, secret, { path: '/', httpOnly: true, sameSite: 'Lax', secure, maxAge: YEAR_SECONDS });
}

/** Only a hash goes into the store, so that reading the store does not let anybody speak as a resident. */
function idOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
