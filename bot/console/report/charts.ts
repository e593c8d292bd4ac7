import { html, raw } from 'hono/html';
import { number } from '#bot/report/say.ts';
import { shorten } from '#knowledge/letters.ts';
import type { Html } from '../frame.ts';

/** Charts drawn by the server, without a library: horizontal bars, and columns of stacked parts. The figures stand in the label and beside the marks. */

export type Bar = { name: string; count: number; isOther: boolean };

const ROW = 24;
const LABEL = 150;
const WIDTH = 340;

/** Bars, the longest first, from zero. Names stand in front of them, the figure behind. */
export function bars(title: string, list: readonly Bar[]): Html {
  const most = Math.max(1, ...list.map(({ count }) => count));
  const label = `${title}: ${list.map(({ name, count }) => `${name} ${number(count)}`).join(', ')}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${list.length * ROW}" role="img" aria-label="${label}">${list.map(({ name, count, isOther }, row) => {
    const length = Math.round(count / most * (WIDTH - LABEL - 50));
    const y = row * ROW;
    return html`<text x="${LABEL - 8}" y="${y + 16}" text-anchor="end">${short(name)}</text><rect x="${LABEL}" y="${y + 4}" width="${Math.max(1, length)}" height="15" fill="${isOther ? '#857c74' : '#2c2a6e'}"/><text x="${LABEL + length + 6}" y="${y + 16}" font-weight="700">${number(count)}</text>`;
  })}</svg>`;
}

export type Column = { name: string; parts: readonly [number, number, number] };

/** Columns of three parts: solid, hatched, small diamonds, so that they can be told apart in black and white. */
export function columns(title: string, list: readonly Column[]): Html {
  const height = 110;
  const step = Math.floor((WIDTH - 16) / Math.max(1, list.length));
  const most = Math.max(1, ...list.map(({ parts }) => total(parts)));
  const label = `${title}: ${list.map(({ name, parts }) => `${name} ${number(total(parts))}`).join(', ')}`;
  return html`<svg viewBox="0 0 ${WIDTH} 156" role="img" aria-label="${label}"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 0h6v6H0z" fill="#fff"/><path d="M0 6L6 0" stroke="#2c2a6e" stroke-width="1.6"/></pattern><pattern id="dia" width="7" height="7" patternUnits="userSpaceOnUse"><path d="M0 0h7v7H0z" fill="#fff"/><path d="M3.5 1L6 3.5 3.5 6 1 3.5z" fill="#17502f"/></pattern></defs><path d="M8 134h${WIDTH - 16}" stroke="#1d1927"/>${list.map(({ name, parts }, n) => {
    const width = Math.min(30, step - 8);
    const x = 8 + n * step + Math.floor((step - width) / 2);
    const [solid, hatched, third] = parts.map((part) => Math.round(part / most * height));
    const fills = [['#2c2a6e', solid ?? 0], ['url(#hatch)', hatched ?? 0], ['url(#dia)', third ?? 0]] as const;
    const top = 134 - fills.reduce((sum, [, part]) => sum + part, 0);
    return html`${fills.map(([fill, part], at) => {
      const below = fills.slice(0, at).reduce((sum, [, each]) => sum + each, 0);
      return part === 0 ? raw('') : html`<rect x="${x}" y="${134 - below - part}" width="${width}" height="${part}" fill="${fill}" stroke="${at === 2 ? '#17502f' : '#2c2a6e'}"/>`;
    })}<text x="${x + width / 2}" y="${top - 5}" text-anchor="middle" font-weight="700">${number(total(parts))}</text><text x="${x + width / 2}" y="150" text-anchor="middle">${name}</text>`;
  })}</svg>`;
}

function total(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0);
}

/** What fits in front of a bar; the whole name stands in the label and in the table. */
function short(name: string): string {
  return shorten(name, 20);
}
