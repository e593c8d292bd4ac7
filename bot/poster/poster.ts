import type { Lang } from '#knowledge/lang.ts';
import { wrapWords } from './wrap.ts';
import type { PosterLink } from './links.ts';

/** Makes the squares of a QR code: `true` is dark. Every row is as long as there are rows, without the quiet zone. */
export type Qr = (text: string) => boolean[][];

/** The words of a poster in one language. */
export type PosterWords = { lang: Lang; title: string; what: string; how: string };

export type Poster = {
  station: string;
  /** Vietnamese first; the place's other languages below it, smaller. */
  words: readonly [PosterWords, ...PosterWords[]];
  /** One line a language name: "Tiếng Việt · Tơlơi Jrai". */
  languages: string;
  village: string | null;
  machine: string;
  emergency: string;
  /** Up to three. */
  links: readonly (PosterLink & { label: string })[];
};

/** A4 upright, in millimetres; what printers cannot reach stays empty. */
const PAGE = { width: 210, height: 297, margin: 14 };
const FONT = 'Roboto, &quot;Noto Sans&quot;, &quot;Segoe UI&quot;, sans-serif';
const QUIET_MODULES = 4;

/**
 * The poster as an SVG page for a browser or a print shop. Only black, white and one dark band, because it is copied on
 * whatever machine the commune has; nothing is fetched from elsewhere.
 */
export function drawPoster(poster: Poster, qr: Qr): string {
  const [main, ...others] = poster.words;
  const inner = PAGE.width - 2 * PAGE.margin;
  const parts: string[] = [
    `<rect width="${PAGE.width}" height="${PAGE.height}" fill="#fff"/>`,
    `<rect y="0" width="${PAGE.width}" height="34" fill="#231b33"/>`,
    text(poster.station, { y: 21, size: 9, width: inner, colour: '#fff', weight: 700, lang: 'vi' }).svg,
  ];

  let y = 36;
  const add = (words: string, style: { size: number; weight?: number; gap: number; lang: Lang; colour?: string }): void => {
    const block = text(words, { ...style, y: y + style.gap + style.size, width: inner });
    parts.push(block.svg);
    y = block.bottom;
  };
  add(main.title, { size: 12, weight: 700, gap: 5, lang: main.lang });
  add(main.what, { size: 7, gap: 4, lang: main.lang });
  for (const words of others) {
    add(words.title, { size: 8, weight: 700, gap: 5, lang: words.lang });
    add(words.what, { size: 5.5, gap: 2, lang: words.lang });
  }
  if (poster.village !== null) add(poster.village, { size: 7, weight: 700, gap: 5, lang: 'vi' });

  const footTop = PAGE.height - 52;
  const links = poster.links.slice(0, 3);
  const hows = poster.words.map((words) => words.how).join(' · ');
  add(hows, { size: 5.5, gap: 6, lang: main.lang });
  const room = footTop - y - 18;
  const gap = 8;
  const side = Math.max(20, Math.min(links.length === 1 ? 100 : 84, (inner - gap * (links.length - 1)) / Math.max(1, links.length), room));
  let x = (PAGE.width - (side * links.length + gap * (links.length - 1))) / 2;
  const top = y + 4 + Math.max(0, (room - side) / 2);
  for (const link of links) {
    parts.push(code(qr(link.url), x, top, side), text(link.label, { y: top + side + 8, size: 7, width: side, centre: x + side / 2, weight: 700, lang: 'vi' }).svg);
    x += side + gap;
  }

  parts.push(`<rect y="${footTop}" width="${PAGE.width}" height="${PAGE.height - footTop}" fill="#231b33"/>`);
  y = footTop;
  add(poster.emergency, { size: 8.5, weight: 700, gap: 4, lang: 'vi', colour: '#fff' });
  add(poster.machine, { size: 5.5, gap: 3, lang: 'vi', colour: '#fff' });
  add(poster.languages, { size: 5.5, gap: 2, lang: 'vi', colour: '#fff' });

  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${PAGE.width}mm" height="${PAGE.height}mm" viewBox="0 0 ${PAGE.width} ${PAGE.height}" font-family="${FONT}">\n<title>${escaped(poster.station)}</title>\n${parts.join('\n')}\n</svg>\n`;
}

type TextStyle = { y: number; size: number; width: number; centre?: number; weight?: number; colour?: string; lang: Lang };

/** Centred lines, the first with its foot at `y`; `bottom` is the foot of the last. */
function text(words: string, style: TextStyle): { svg: string; bottom: number } {
  const lines = wrapWords(words, style.width / (style.size * 0.54));
  const step = style.size * 1.3;
  const svg = lines.map((line, i) => `<text x="${round(style.centre ?? PAGE.width / 2)}" y="${round(style.y + i * step)}" font-size="${style.size}" font-weight="${style.weight ?? 400}" fill="${style.colour ?? '#000'}" text-anchor="middle" xml:lang="${style.lang}">${escaped(line)}</text>`).join('\n');
  return { svg, bottom: style.y + (lines.length - 1) * step };
}

/** One path for the whole code: readers and print shops take hairlines between squares for part of it. */
function code(dark: boolean[][], x: number, y: number, side: number): string {
  const whole = dark.length + 2 * QUIET_MODULES;
  const path = dark.flatMap((row, r) => runs(row).map(({ from, length }) => `M${from + QUIET_MODULES} ${r + QUIET_MODULES}h${length}v1h-${length}z`)).join('');
  return `<g transform="translate(${round(x)} ${round(y)}) scale(${(side / whole).toFixed(5)})" shape-rendering="crispEdges"><rect width="${whole}" height="${whole}" fill="#fff"/><path d="${path}" fill="#000"/></g>`;
}

function runs(row: readonly boolean[]): { from: number; length: number }[] {
  const found: { from: number; length: number }[] = [];
  for (const [i, isDark] of row.entries()) {
    if (!isDark) continue;
    const last = found.at(-1);
    if (last !== undefined && last.from + last.length === i) last.length += 1;
    else found.push({ from: i, length: 1 });
  }
  return found;
}

function escaped(words: string): string {
  return words.toWellFormed().replace(/(?![\n\t])\p{Cc}/gu, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
