import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { posterLinks } from '#bot/poster/links.ts';
import { readPayload, writePayload } from '#bot/poster/payload.ts';
import { drawPoster, type Poster } from '#bot/poster/poster.ts';
import { LANGS } from '#knowledge/lang.ts';
import words from '#locales/vi/poster.json' with { type: 'json' };

const squares = (text: string): boolean[][] => Array.from({ length: 25 }, (_, r) => Array.from({ length: 25 }, (_, c) => (r * 7 + c * 3 + text.length) % 3 === 0));
const poster: Poster = {
  station: 'Trạm Y tế xã Ia Mẫu', words: [{ lang: 'vi', ...words }], languages: 'Tiếng Việt · Tơlơi Jrai', village: 'Plei Mẫu', machine: words.machine, emergency: words.emergency.replace('{{phone}}', '0900 000 000'),
  links: [{ channel: 'zalo', label: 'Zalo', url: 'https://zalo.me/1' }, { channel: 'telegram', label: 'Telegram', url: 'https://t.me/loa?start=vi_plei-mau' }, { channel: 'web', label: 'Trang web', url: 'https://loa.example.vn/' }],
};

describe('the poster', () => {
  test('is one A4 page with every link, every word, and nothing from elsewhere', () => {
    const svg = drawPoster(poster, squares);
    expect(svg).toMatch(/width="210mm" height="297mm"/);
    for (const said of ['Trạm Y tế xã Ia Mẫu', 'Plei Mẫu', '0900\u00a0000\u00a0000', 'Zalo', 'Telegram', 'Trang web']) expect(svg).toContain(said);
    expect(svg.match(/<path /g)).toHaveLength(3);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
  });

  test('keeps everything on the page and its codes apart, with one link or three, in one language or four', () => {
    for (const links of [1, 2, 3]) {
      for (const languages of [1, 2, 3, 4]) {
        const [main] = poster.words;
        const svg = drawPoster({ ...poster, links: poster.links.slice(0, links), words: [main, ...Array.from({ length: languages - 1 }, () => main)] }, squares);
        const feet = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"/g)].map((hit) => Number(hit[1]));
        expect(Math.max(...feet)).toBeLessThan(297 - 4);
        const codes = [...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)/g)].map(([, x, y, scale]) => ({ x: Number(x), y: Number(y), side: Number(scale) * 33 }));
        expect(codes).toHaveLength(links);
        for (const { x, y, side } of codes) {
          expect(x).toBeGreaterThanOrEqual(13.9);
          expect(x + side).toBeLessThanOrEqual(196.1);
          expect(y + side).toBeLessThan(297 - 52);
          // A phone at arm's length needs about 2 cm.
          expect(side).toBeGreaterThanOrEqual(20);
        }
        for (const [i, code] of codes.entries()) expect(code.x).toBeGreaterThanOrEqual((codes[i - 1]?.x ?? -100) + (codes[i - 1]?.side ?? 0));
      }
    }
  });

  test('draws exactly the dark squares, with four light ones around them', () => {
    const svg = drawPoster({ ...poster, links: poster.links.slice(0, 1) }, () => [[true, true, false], [false, true, false], [true, false, true]]);
    expect(svg).toContain('<path d="M4 4h2v1h-2zM5 5h1v1h-1zM4 6h1v1h-1zM6 6h1v1h-1z"');
    expect(svg).toContain('<rect width="11" height="11" fill="#fff"/>');
  });

  test('stays well-formed whatever a place is called', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => {
      const svg = drawPoster({ ...poster, station: name, village: name }, squares);
      expect(svg).not.toMatch(/<(?!\/?(?:svg|title|rect|text|g|path)\b|\?xml)/);
      expect(svg).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
    }));
  });
});

describe('its links', () => {
  test('say where the poster hangs, and lead only to what is set up', () => {
    const where = { lang: 'jra', villageId: 'plei-mau' } as const;
    expect(posterLinks({ telegramUsername: 'loa_lang_bot', zaloOaId: '123', publicUrl: 'https://loa.example.vn' }, where).map((link) => link.url)).toEqual(['https://zalo.me/123', 'https://t.me/loa_lang_bot?start=jra_plei-mau', 'https://loa.example.vn/']);
    expect(posterLinks({ telegramUsername: null, zaloOaId: null, publicUrl: 'http://127.0.0.1:8080' }, where)).toEqual([]);
  });

  test('are read back as they were written; anything else is nobody’s', () => {
    fc.assert(fc.property(fc.constantFrom(...LANGS), fc.option(fc.stringMatching(/^[a-z0-9-]{1,80}$/)), (lang, villageId) => {
      const payload = writePayload({ lang, villageId });
      expect(payload).toMatch(/^[\w-]{1,64}$/);
      expect(readPayload(payload)).toEqual({ lang, villageId: villageId !== null && lang.length + 1 + villageId.length > 64 ? null : villageId });
    }));
    for (const other of ['', 'xx', 'vi_', 'vi_Plei', 'vi_a b', 'campaign123']) expect(readPayload(other)).toBeNull();
  });
});
