import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import { createMiddleware } from 'hono/factory';
import type { Button, Layout } from '#bot/channels/channel.ts';
import { limitBody } from '#bot/http/limit-body.ts';
import type { Lang } from '#knowledge/lang.ts';
import { loadAssets, sendPacked } from './assets.ts';
import { createStreams } from './events.ts';
import { createBuckets, FLOOD_LIMITS } from './flood.ts';
import { isCrossSite, PAGE_HEADERS } from './guard.ts';
import { BODY_LIMIT_BYTES, platformIdOf, readForm, readJson, TEXT_LIMIT, type Input, type InputFault } from './input.ts';
import { pageTexts, type PageTexts } from './frame.ts';
import { chatPage } from './page.ts';
import type { StoredReply, WebChatDeps } from './ports.ts';
import { rendered } from './prose.ts';
import { replyItem } from './replies.ts';
import { broughtVisitor, endVisitor, renewVisitor, visitorOf } from './visitor.ts';

/** A reply as `POST /api/chat` and the event stream give it. */
export type ReplyJson = { id: string; text: string; lang: Lang; cardId?: string; buttons?: Button[]; layout: Layout; /** Where it can be heard. */ voice?: { url: string; lang: Lang; seconds: number | null } };

/** Entries of a conversation that the page shows when it is opened again. */
const SHOWN = 30;

const HTML = 'text/html; charset=utf-8';

type Refusal = { status: 400 | 403 | 413 | 429 | 503; code: string; message: string; retryAfterSeconds?: number };

/**
 * The residents' web chat: the page at `/`, `POST /api/chat`, `GET /api/chat/events`. Mount it at the root of the
 * application; it touches no other path.
 */
export function createWebChat(deps: WebChatDeps): Hono {
  const { ports, texts, nowMs } = deps;
  const limits = { ...FLOOD_LIMITS, ...deps.limits };
  const secure = deps.publicUrl?.startsWith('https:') ?? false;
  const assets = loadAssets();
  const streams = createStreams(ports, limits, deps.stopping, deps.report);
  const takeVisitor = createBuckets(limits.visitorBurst, limits.visitorPerSecond, limits.buckets);
  const takeAddress = createBuckets(limits.addressBurst, limits.addressPerSecond, limits.buckets);
  const takeStranger = createBuckets(limits.strangerBurst, limits.strangerPerSecond, limits.buckets);
  const frameIn = (lang: Lang): PageTexts => pageTexts(texts, lang, deps.place.showDrafts);
  // Whoever floods or comes from elsewhere is not looked up.
  const vietnamese = frameIn('vi');
  const app = new Hono();

  const headers = createMiddleware(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  });

  /** Turns away what must not even be read: other sites' pages, floods, and bodies without end. */
  const gate = createMiddleware(async (c, next) => {
    if (isCrossSite(c, deps.publicUrl)) return refuse(c, faultRefusal(vietnamese, { code: 'cross_site' }), '');
    const now = nowMs();
    const visitor = broughtVisitor(c);
    const address = deps.addressOf(c);
    const waitMs = Math.max(takeAddress(address, now), visitor === null ? takeStranger(address, now) : takeVisitor(visitor, now));
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      return refuse(c, { status: 429, code: 'too_many', message: vietnamese.say('web:error.tooFast', { seconds }), retryAfterSeconds: seconds }, '');
    }
    return next();
  });
  const limited = limitBody({ maxSize: BODY_LIMIT_BYTES, onError: async (c) => refuse(c, faultRefusal(await frameFor(c), { code: 'too_large' }), '') });

  app.get('/', headers, async (c) => page(c, renewVisitor(c, secure).id, { fault: null, forgotten: c.req.query('da') === 'xoa' }));

  app.post('/', headers, gate, limited, async (c) => {
    const body = await c.req.text();
    const read = readForm(body);
    const typed = new URLSearchParams(body).get('text') ?? '';
    if (!read.ok) return refuse(c, faultRefusal(await frameFor(c), read.fault), typed);
    const visitor = visitorOf(c, secure);
    const replies = await hear(visitor.id, read.input);
    if (replies === null) return refuse(c, unavailable(await frameFor(c)), typed);
    // A browser that takes no cookies would come back as a stranger, so it gets its answer right here.
    return visitor.known ? c.redirect('/', 303) : page(c, visitor.id, { fault: null, forgotten: false });
  });

  app.post('/api/chat', headers, gate, limited, async (c) => {
    const read = readJson(c.req.header('content-type'), await c.req.text());
    if (!read.ok) return refuse(c, faultRefusal(await frameFor(c), read.fault), '');
    const visitor = visitorOf(c, secure);
    const replies = await hear(visitor.id, read.input);
    if (replies === null) return refuse(c, unavailable(await frameFor(c)), '');
    if (!wantsHtml(c)) return c.json({ replies: replies.map(replyJson) });
    const lang = await ports.language(visitor.id);
    const frame = frameIn(lang);
    // By this the page notices that another language was chosen, with a key or in words.
    c.header('Content-Language', lang);
    return sendPacked(c, HTML, await rendered(html`${replies.map((reply) => replyItem(frame, reply, { latest: true }))}`));
  });

  app.get('/api/chat/events', headers, async (c) => {
    const visitor = visitorOf(c, secure).id;
    const asked = c.req.header('last-event-id') ?? c.req.query('after') ?? '';
    const afterId = /^\d{1,19}$/u.test(asked) ? asked : await newestId(visitor);
    const frame = frameIn(await ports.language(visitor));
    const asHtml = c.req.query('as') === 'html';
    const write = async (reply: StoredReply): Promise<string> => (asHtml ? rendered(replyItem(frame, reply, { latest: true })) : JSON.stringify(replyJson(reply)));
    return streams.open(c, visitor, afterId, write) ?? refuse(c, { status: 429, code: 'too_many', message: vietnamese.say('web:error.tooFast', { seconds: 60 }), retryAfterSeconds: 60 }, '');
  });

  app.post('/xoa', headers, gate, async (c) => {
    const visitor = broughtVisitor(c);
    if (visitor !== null) {
      await ports.forget(visitor);
      streams.end(visitor);
    }
    endVisitor(c, secure);
    return c.redirect('/?da=xoa', 303);
  });

  app.get('/:file{chat\\.[0-9a-f]{12}\\.(?:css|js)}', headers, (c) => {
    const asset = c.req.path.endsWith('.css') ? assets.css : assets.js;
    // A page from before an update asks for the old hash. It gets what there is now, and asks again next time.
    c.header('Cache-Control', c.req.path === asset.path ? 'public, max-age=31536000, immutable' : 'no-cache');
    return sendPacked(c, asset.type, asset.body);
  });

  return app;

  /** The replies; null when the message could not be stored. */
  async function hear(visitor: string, input: Input): Promise<StoredReply[] | null> {
    try {
      return await ports.hear(visitor, input.content, platformIdOf(visitor, input));
    } catch (error) {
      deps.report(error);
      return null;
    }
  }

  async function page(c: Context, visitor: string, state: { fault: { message: string; text: string } | null; forgotten: boolean }, status: 200 | Refusal['status'] = 200): Promise<Response> {
    const [said, lang] = await Promise.all([ports.history(visitor, SHOWN), ports.language(visitor)]);
    const whole = chatPage(
      { place: deps.place, texts, assets: { css: assets.css.path, js: assets.js.path } },
      { lang, said, nowMs: nowMs(), mark: randomUUID(), ...state },
    );
    c.status(status);
    return sendPacked(c, HTML, await rendered(whole));
  }

  /** Says what was wrong: to a program as JSON, to a person on the page, with their words still in the field. */
  async function refuse(c: Context, refusal: Refusal, typed: string): Promise<Response> {
    if (refusal.retryAfterSeconds !== undefined) c.header('Retry-After', String(refusal.retryAfterSeconds));
    // The rest of a body that nobody reads must not be taken for the next request.
    if (refusal.code === 'too_large') c.header('Connection', 'close');
    if (c.req.path !== '/') return c.json({ error: { code: refusal.code, message: refusal.message } }, refusal.status);
    return page(c, broughtVisitor(c) ?? '', { fault: { message: refusal.message, text: typed.slice(0, TEXT_LIMIT * 4) }, forgotten: false }, refusal.status);
  }

  /** The words for somebody who is refused; Vietnamese where it cannot be known what they speak. */
  async function frameFor(c: Context): Promise<PageTexts> {
    const visitor = broughtVisitor(c);
    return visitor === null ? vietnamese : frameIn(await ports.language(visitor).catch(() => 'vi' as const));
  }

  function faultRefusal({ say }: PageTexts, fault: InputFault): Refusal {
    switch (fault.code) {
      case 'too_long':
        return { status: 400, code: fault.code, message: say('web:error.too_long', { length: fault.length, limit: TEXT_LIMIT }) };
      case 'too_large':
        return { status: 413, code: fault.code, message: say('web:error.too_large') };
      case 'cross_site':
        return { status: 403, code: fault.code, message: say('web:error.cross_site') };
      case 'empty':
      case 'broken_json':
      case 'wrong_content_type':
      case 'bad_form':
        return { status: 400, code: fault.code, message: say(`web:error.${fault.code}`) };
    }
  }

  function unavailable({ say }: PageTexts): Refusal {
    return { status: 503, code: 'unavailable', message: say('web:error.unavailable', { phone: deps.place.station.phone }) };
  }

  async function newestId(visitor: string): Promise<string> {
    return (await ports.history(visitor, SHOWN)).reduce((newest, entry) => (entry.by === 'station' ? entry.reply.id : newest), '0');
  }
}

function replyJson(reply: StoredReply): ReplyJson {
  const { piece } = reply;
  return {
    id: reply.id,
    text: piece.text,
    lang: piece.lang,
    ...(piece.cardId === null ? {} : { cardId: piece.cardId }),
    ...(piece.buttons.length === 0 ? {} : { buttons: piece.buttons }),
    layout: piece.layout,
    ...(piece.voice === undefined ? {} : { voice: { url: `/nghe/${piece.voice.id}`, lang: piece.voice.lang, seconds: piece.voice.seconds } }),
  };
}

/** The page asks for its replies ready drawn; everybody else gets JSON. */
function wantsHtml(c: Context): boolean {
  return c.req.header('accept')?.startsWith('text/html') ?? false;
}
