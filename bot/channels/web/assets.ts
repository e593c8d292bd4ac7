import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Context } from 'hono';

/** A body in every form that a browser may ask for; each is made when the first browser asks for it. */
export type Packed = { plain: () => Buffer; gzip: () => Buffer; brotli: () => Buffer };

export type Asset = { path: string; type: string; body: Packed };

export type Assets = { css: Asset; js: Asset };

/** Reads the sheet and the script, once at the start. Their addresses carry a hash of what they hold. */
export function loadAssets(): Assets {
  const css = minifiedCss(read('tokens.css') + read('chat.css'));
  return { css: asset('css', 'text/css; charset=utf-8', css), js: asset('js', 'text/javascript; charset=utf-8', withoutComments(read('chat.js'))) };
}

/** The body as this browser takes it best. Pages are packed as they are made, so quickly; assets as small as can be. */
export function sendPacked(c: Context, type: string, body: string | Packed): Response {
  const accepted = c.req.header('accept-encoding') ?? '';
  const encoding = /\bbr\b/u.test(accepted) ? 'br' : /\bgzip\b/u.test(accepted) ? 'gzip' : null;
  c.header('Content-Type', type);
  c.header('Vary', 'Accept-Encoding', { append: true });
  if (encoding !== null) c.header('Content-Encoding', encoding);
  return c.body(new Uint8Array(typeof body === 'string' ? packNow(body, encoding) : encoding === 'br' ? body.brotli() : encoding === 'gzip' ? body.gzip() : body.plain()));
}

function packNow(text: string, encoding: 'br' | 'gzip' | null): Buffer {
  if (encoding === 'br') return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  return encoding === 'gzip' ? gzipSync(text) : Buffer.from(text);
}

function asset(extension: string, type: string, text: string): Asset {
  const plain = Buffer.from(text);
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 12);
  return { path: `/chat.${hash}.${extension}`, type, body: packed(plain) };
}

/** As small as can be, which takes a moment: once, and only for what is asked for. */
export function packed(plain: Buffer): Packed {
  let gzip: Buffer | undefined;
  let brotli: Buffer | undefined;
  return { plain: () => plain, gzip: () => (gzip ??= gzipSync(plain, { level: 9 })), brotli: () => (brotli ??= brotliCompressSync(plain)) };
}

function minifiedCss(css: string): string {
  return css.replace(/\/\*.*?\*\//gsu, '').replace(/\n\s*/gu, '').trim();
}

/** Whole-line comments only: what is left is still the script that a developer wrote. */
function withoutComments(js: string): string {
  return js.replace(/^\s*\/\/.*\n/gmu, '').replace(/\/\*\*?[^"'`]*?\*\//gsu, '').replace(/^\s+/gmu, '');
}

function read(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}
