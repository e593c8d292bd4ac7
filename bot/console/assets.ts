import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packed, type Packed } from '#bot/channels/web/assets.ts';

export type ConsoleAsset = { path: string; type: string; body: Packed };

/** The sheet (the residents' colours and sizes, then the console's own) and the script of the console, read once. Their addresses carry a hash of what they hold. */
export function loadConsoleAssets(): { css: ConsoleAsset; js: ConsoleAsset } {
  const css = (read('../../channels/web/page/tokens.css') + read('console.css')).replace(/\/\*.*?\*\//gsu, '').replace(/\n\s*/gu, '').trim();
  const js = (read('console.js') + read('news.js') + read('voice.js')).replace(/^\s*\/\/.*\n/gmu, '').replace(/^\s+/gmu, '');
  return { css: asset('css', 'text/css; charset=utf-8', css), js: asset('js', 'text/javascript; charset=utf-8', js) };
}

function asset(extension: string, type: string, text: string): ConsoleAsset {
  const plain = Buffer.from(text);
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 12);
  return { path: `/staff/console.${hash}.${extension}`, type, body: packed(plain) };
}

function read(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}
