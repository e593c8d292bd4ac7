import { createHash } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { html, raw } from 'hono/html';
import type { Channel, Piece } from '#bot/channels/channel.ts';
import type { Voices } from '#bot/conversation/aloud.ts';
import { labelIn } from '#bot/conversation/beside.ts';
import { rendered, prose } from '#bot/channels/web/prose.ts';
import { pictureFile, type PictureFile } from '#bot/store/campaign-pictures.ts';
import { announcedRecording, soundOf, type Sound } from '#bot/store/recordings.ts';
import { isToken, spokenOf } from '#bot/store/spoken.ts';
import type { Store } from '#bot/store/store.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Place } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import { speaking } from './speaking.ts';

/**
 * `/nghe/<id>`: a plain page with one big key, for where no sound can be sent, and the sound itself for players. Works
 * without script and on old phones. An id is a recording's address, which anybody may know, or the token of a spoken
 * answer, which only its person was given.
 */
export type ListenDeps = { store: Store; voices: Voices; texts: Texts; place: Place; clock: () => number };

type Heard = { sound: Sound; personal: boolean; lang: Lang; title: string; body: string | null; tag: string | null };

const STYLE = 'body{margin:0;padding:16px;background:#fbf7ee;color:#1d1927;font:1.1875rem/1.55 Roboto,"Noto Sans","Segoe UI",system-ui,sans-serif}main{max-width:640px;margin:0 auto}h1{font-size:1.3125rem;line-height:1.4;margin:0 0 12px}.big{display:block;padding:24px 16px;margin:16px 0;background:#2c2a6e;color:#fff;font-size:1.75rem;font-weight:700;line-height:1.35;text-align:center;text-decoration:none;border-radius:4px}.big:focus{outline:4px solid #f0b93a;outline-offset:2px}audio{display:block;width:100%;height:64px}p{margin:12px 0}a{color:#2c2a6e}';
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; media-src 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The sound that is heard under an id now, for pages and for channels alike. */
export function soundFinder({ store, voices, clock }: Pick<ListenDeps, 'store' | 'voices' | 'clock'>): (id: string) => Promise<{ sound: Sound; personal: boolean } | null> {
  return async (id) => {
    if (isToken(id)) {
      const answer = await store.read((tx) => spokenOf(tx, id));
      return answer === null ? null : { sound: answer.sound, personal: true };
    }
    // What was recorded for an announcement a moment ago may not be in the list that is kept at hand.
    const found = voices.at(id, clock())?.id ?? await store.read((tx) => announcedRecording(tx, id));
    const sound = found === null ? null : await store.read((tx) => soundOf(tx, found));
    return sound === null ? null : { sound, personal: false };
  };
}

/** Pictures by their address; the latest few stay at hand, because one goes to many people. */
export function pictureFinder(store: Store): (id: string) => Promise<PictureFile | null> {
  const known = new Map<string, PictureFile>();
  return async (id) => {
    const found = known.get(id) ?? await store.read((tx) => pictureFile(tx, id));
    known.delete(id);
    if (found !== null) known.set(id, found);
    const [oldest] = known.keys();
    if (known.size > KEPT_PICTURES && oldest !== undefined) known.delete(oldest);
    return found;
  };
}

const KEPT_PICTURES = 3;

/** Gives a channel what it needs to carry voices, or the address to press where it carries none. */
export function voiceCarrier(deps: ListenDeps & { publicUrl: string | null }): (channel: Channel) => Channel {
  const soundAt = soundFinder(deps);
  const pictureAt = pictureFinder(deps.store);
  return (channel) => speaking(channel, {
    soundAt,
    pictureAt,
    urlOf: (id) => addressOf(deps.publicUrl, id),
    say: (lang, url) => sayAddress(deps, lang, url),
  });
}

function addressOf(publicUrl: string | null, id: string): string | null {
  return publicUrl === null ? null : `${publicUrl}/nghe/${id}`;
}

type AddressWords = { texts: Texts; place: Pick<Place, 'station'> };

function sayAddress({ texts, place }: AddressWords, lang: Lang, url: string | null): string {
  return url === null ? texts.say(lang, 'chat:listen.noLink', { phone: place.station.phone }) : texts.say(lang, 'chat:listen.link', { url });
}

/** The line below words whose voice is heard elsewhere, as it goes out. */
export function addressLine(deps: AddressWords & { publicUrl: string | null }, { lang, voice }: Piece): string | null {
  return voice === undefined ? null : sayAddress(deps, lang, addressOf(deps.publicUrl, voice.id));
}

export function createListening(deps: ListenDeps): Hono {
  const { texts, place } = deps;
  const app = new Hono();

  app.get('/nghe/:id{[A-Za-z0-9_-]{8,64}}', async (c) => {
    const found = await find(c.req.param('id'));
    return found === null ? page(c, 404, texts.say('vi', 'chat:listen.page.gone'), html`<p>${prose(texts.say('vi', 'chat:listen.page.call', { phone: place.station.phone }))}</p>`) : show(c, c.req.param('id'), found);
  });

  app.get('/nghe/:id{[A-Za-z0-9_-]{8,64}}/:form{(?:giong|giong\\.mp3)}', async (c) => {
    const found = await find(c.req.param('id'));
    if (found === null) return c.text('', 404);
    const wantsPlain = c.req.param('form') === 'giong.mp3' && found.sound.plain !== null;
    return sendSound(c, wantsPlain ? { type: 'audio/mpeg', bytes: found.sound.plain ?? found.sound.note } : { type: found.sound.noteType, bytes: found.sound.note }, found.personal ? 'no-store' : c.req.query('v') === found.tag ? 'public, max-age=31536000, immutable' : 'no-cache');
  });

  app.get('/hinh/:id{[A-Za-z0-9_-]{8,64}}', async (c) => {
    const picture = await deps.store.read((tx) => pictureFile(tx, c.req.param('id')));
    if (picture === null) return c.text('', 404);
    return c.body(new Uint8Array(picture.bytes), 200, {
      'Content-Type': picture.type, 'Cache-Control': 'public, max-age=31536000, immutable', 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': 'default-src \'none\'', 'X-Robots-Tag': 'noindex',
    });
  });

  return app;

  async function find(id: string): Promise<Heard | null> {
    const nowMs = deps.clock();
    if (isToken(id)) {
      const answer = await deps.store.read((tx) => spokenOf(tx, id));
      return answer === null ? null : { sound: answer.sound, personal: true, lang: answer.lang, title: texts.say('vi', 'chat:listen.page.person', { name: answer.name, title: answer.title }), body: null, tag: null };
    }
    const voice = deps.voices.at(id, nowMs);
    const sound = voice === null ? null : await deps.store.read((tx) => soundOf(tx, voice.id));
    if (voice === null || sound === null) return null;
    const [title = '', ...body] = (deps.voices.reads(voice.subject, nowMs) ?? place.station.name).split('\n');
    return { sound, personal: false, lang: voice.lang, title, body: body.join('\n'), tag: voice.digest };
  }

  function show(c: Context, id: string, { sound, lang, title, body, tag, personal }: Heard): Promise<Response> {
    const seconds = sound.millis === null ? null : Math.max(1, Math.round(sound.millis / 1000));
    const version = tag === null ? '' : `?v=${tag}`;
    const words = seconds === null ? labelIn(deps, lang, 'chat:listen.page.play') : labelIn(deps, lang, 'chat:listen.page.playFor', { seconds });
    const players = html`<audio controls preload="none"><source src="/nghe/${id}/giong${version}" type="${sound.noteType}">${sound.plain === null ? '' : html`<source src="/nghe/${id}/giong.mp3${version}" type="audio/mpeg">`}</audio>`;
    // The key opens the sound in the phone's own player, which every phone has; MP3 where there is one.
    const big = html`<a class="big" href="/nghe/${id}/giong${sound.plain === null ? '' : '.mp3'}${version}">${raw('<span aria-hidden="true">&#9654;</span> ')}${words}</a>`;
    return page(c, 200, title, html`${big}${players}${body === null || body === '' ? '' : prose(body)}
<p>${prose(texts.say('vi', 'chat:listen.page.call', { phone: place.station.phone }))}</p>`, personal);
  }

  async function page(c: Context, status: 200 | 404, title: string, body: ReturnType<typeof html>, personal = true): Promise<Response> {
    c.header('Content-Security-Policy', POLICY);
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cache-Control', personal ? 'no-store' : 'no-cache');
    c.header('X-Robots-Tag', 'noindex');
    return c.html(await rendered(html`<!doctype html>
<html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${raw(STYLE)}</style></head><body><main>
<p>${place.station.name}</p><h1>${title}</h1>${body}</main></body></html>`), status);
  }
}

/** Sound as players want it: the whole, or the one piece that was asked for, without which some phones play nothing. */
export function sendSound(c: Context, { type, bytes }: { type: string; bytes: Uint8Array }, cache: string): Response {
  const size = bytes.length;
  c.header('Content-Type', type);
  c.header('Accept-Ranges', 'bytes');
  c.header('Cache-Control', cache);
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Content-Security-Policy', 'default-src \'none\'; media-src \'self\'');
  c.header('X-Robots-Tag', 'noindex');
  const asked = /^bytes=(\d*)-(\d*)$/u.exec(c.req.header('range') ?? '');
  if (asked === null || (asked[1] === '' && asked[2] === '')) return c.body(new Uint8Array(bytes), 200);
  const from = asked[1] === '' ? Math.max(0, size - Number(asked[2])) : Number(asked[1]);
  const to = asked[1] === '' || asked[2] === '' ? size - 1 : Math.min(Number(asked[2]), size - 1);
  if (from > to || from >= size) {
    c.header('Content-Range', `bytes */${size}`);
    return c.body(null, 416);
  }
  c.header('Content-Range', `bytes ${from}-${to}/${size}`);
  return c.body(new Uint8Array(bytes.subarray(from, to + 1)), 206);
}
