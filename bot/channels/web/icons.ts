import { raw } from 'hono/html';
import type { Html } from './prose.ts';

/** Drawn on a grid of 24, straight cuts, in the colour of the text beside them. Only what the page uses. */
const DRAWINGS = {
  phone: '<path d="M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2v4l-2 2C11 21 3 13 3 5z"/>',
  horn: '<path d="M3 9.5h4L16 4v16l-9-5.5H3z"/><path d="M6.5 14.5V20h3.5v-3.7"/><path fill="currentColor" stroke="none" d="M20 8.5l3.5 3.5-3.5 3.5-1.5-1.5 2-2-2-2z"/>',
  alert: '<path d="M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8z"/><path d="M12 7v6.5M12 15.5v2.5"/>',
  check: '<path d="M4 12.5l5.5 5.5L20 6"/>',
  cal: '<path d="M3 5h18v16H3zM3 10h18M8 2v5M16 2v5"/><path fill="currentColor" stroke="none" d="M12 12l3 3.5-3 3.5-3-3.5z"/>',
  child: '<circle cx="12" cy="6" r="3.5"/><path d="M6 12h12M12 10v6l-4 6M12 16l4 6"/>',
  temp: '<path d="M10 3h4v11l2 2v3l-2 2h-4l-2-2v-3l2-2zM12 9v9"/>',
  gift: '<path d="M3 8h18v4H3zM5 12v9h14v-9M12 8v13M12 8L8 3M12 8l4-5"/>',
  down: '<path d="M5 9l7 7 7-7"/>',
  x: '<path d="M5 5l14 14M19 5L5 19"/>',
  dia2: '<path fill="currentColor" d="M12 3l9 9-9 9-9-9z"/>',
  dia0: '<path d="M12 3l9 9-9 9-9-9z"/>',
  offline: '<path d="M3 9l4-3M21 9a14 14 0 0 0-8-4M6 13l3-2M18 13l-2-1.5M12 18v2M3 3l18 18"/>',
  person: '<circle cx="12" cy="7.5" r="4"/><path d="M4 21v-2.5l4-3.5h8l4 3.5V21"/>',
  more: '<path d="M4 7h16M4 12h16M4 17h16"/>',
} as const;

export type IconName = keyof typeof DRAWINGS;

/** An icon beside a word. It says nothing by itself, so it is hidden from screen readers. */
export function icon(name: IconName): Html {
  return raw(`<svg class="i" aria-hidden="true"><use href="#i-${name}" xlink:href="#i-${name}"/></svg>`);
}

/** All drawings, once a page. */
export const SPRITE: Html = raw(`<svg width="0" height="0" class="sprite" aria-hidden="true">${Object.entries(DRAWINGS)
  .map(([name, drawing]) => `<symbol id="i-${name}" viewBox="0 0 24 24">${drawing}</symbol>`)
  .join('')}</svg>`);

/** The loudspeaker whose sound becomes weaving. */
export const MARK: Html = raw('<svg class="mark" viewBox="0 0 46 28" aria-hidden="true" shape-rendering="crispEdges"><g shape-rendering="auto" fill="#f6ead2"><path d="M0 9h5L16 2v24L5 19H0z"/><path d="M4 20h5v7H5z"/></g><path fill="#f0b93a" d="M19 13h1v-1h1v1h1v2h-1v1h-1v-1h-1z"/><path fill="#c8352b" d="M24 13h1v-1h1v-1h1v-1h1v1h1v1h1v1h1v2h-1v1h-1v1h-1v1h-1v-1h-1v-1h-1v-1h-1z"/><path fill="#f0b93a" d="M27 13h1v2h-1z"/><path fill="#f6ead2" d="M33 13h1v-1h1v-1h1v-1h1V9h1V8h2v1h1v1h1v1h1v1h1v1h1v2h-1v1h-1v1h-1v1h-1v1h-1v1h-2v-1h-1v-1h-1v-1h-1v-1h-1v-1h-1z"/><path fill="#c8352b" d="M37 13h1v-1h2v1h1v2h-1v1h-2v-1h-1z"/></svg>');

/** The mark for the browser's tab, inside the page: no second request. */
export const TAB_ICON = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#231b33" d="M0 0h32v32H0z"/><path fill="#f6ead2" d="M6 12h5l9-6v20l-9-6H6z"/><path fill="#f0b93a" d="M27 12l4 4-4 4-4-4z"/></svg>')}`;
