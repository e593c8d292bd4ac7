import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import type { Hono } from 'hono';
import type { InboundContent, Layout, Piece } from '#bot/channels/channel.ts';
import { createWebAudience } from '#bot/channels/web/channel.ts';
import type { FloodLimits } from '#bot/channels/web/flood.ts';
import type { Said, StoredReply, WebPorts } from '#bot/channels/web/ports.ts';
import { createWebChat } from '#bot/channels/web/web.ts';
import { LANGS } from '#knowledge/lang.ts';
import { loadPlace } from '#knowledge/place.ts';
import { createTexts } from '#locales/texts.ts';
import { freePort } from '#test/machine.ts';

/** 7:36 in the morning of Monday 23/11/2026, in Vietnam. */
export const MORNING_MS = Date.parse('2026-11-23T00:36:00Z');

export type MemoryStore = WebPorts & {
  /** What was handled, once for each message. */
  heard: InboundContent[];
  forgotten: string[];
  visitors(): string[];
  /** A staff member answers: the row is written and open pages are woken. */
  tell(visitor: string, piece: Piece): StoredReply;
  /** Everything about everybody is erased, and numbers begin anew. */
  erase(): void;
  /** Answering waits for this; a test replaces it to be slow, or to fail. */
  before: () => Promise<void>;
};

/** The store as the web chat sees it, in memory, with the same promises. It outlives the servers that a test starts. */
export function memoryStore(answer: (content: InboundContent) => Piece[]): MemoryStore {
  const conversations = new Map<string, Said[]>();
  const handled = new Map<string, Promise<StoredReply[]>>();
  const audience = createWebAudience();
  let sequence = 100;
  let written = 0;
  const of = (visitor: string): Said[] => {
    const said = conversations.get(visitor) ?? [];
    conversations.set(visitor, said);
    return said;
  };
  const write = (visitor: string, piece: Piece): StoredReply => {
    const reply = { id: String(++sequence), atMs: MORNING_MS + ++written, piece };
    of(visitor).push({ by: 'station', reply });
    audience.wake(visitor);
    return reply;
  };
  const store: MemoryStore = {
    heard: [],
    forgotten: [],
    before: () => Promise.resolve(),
    visitors: () => [...conversations.keys()],
    tell: write,
    erase: () => {
      conversations.clear();
      sequence = 100;
    },
    hear: (visitor, content, platformId) => {
      const known = handled.get(platformId);
      if (known !== undefined) return known;
      const replies = store.before().then(() => {
        store.heard.push(content);
        of(visitor).push({ by: 'resident', platformId, atMs: MORNING_MS, content });
        return answer(content).map((piece) => write(visitor, piece));
      });
      handled.set(platformId, replies);
      replies.catch(() => handled.delete(platformId));
      return replies;
    },
    later: (visitor, afterId) => Promise.resolve(of(visitor).flatMap((said) => (said.by === 'station' && BigInt(said.reply.id) > BigInt(afterId) ? [said.reply] : []))),
    history: (visitor, limit) => Promise.resolve(conversations.get(visitor)?.slice(-limit) ?? []),
    language: (visitor) => {
      const chosen = (conversations.get(visitor) ?? []).flatMap((said) => (said.by === 'resident' && said.content.kind === 'button' ? LANGS.filter((lang) => said.content.kind === 'button' && said.content.value === `lang:${lang}`) : []));
      return Promise.resolve(chosen.at(-1) ?? 'vi');
    },
    forget: (visitor) => {
      store.forgotten.push(visitor);
      return Promise.resolve();
    },
    subscribe: (visitor, wake) => audience.subscribe(visitor, wake),
  };
  return store;
}

export type Options = { limits?: Partial<FloodLimits>; publicUrl?: string | null; nowMs?: () => number; addressOf?: () => string; stopping?: AbortSignal; report?: (error: unknown) => void };

/** The web chat of the sample place on this store. */
export async function webChat(store: WebPorts, options: Options = {}): Promise<Hono> {
  const loaded = await loadPlace('knowledge/places/mau');
  if (!loaded.ok) throw new Error(`the sample place does not load: ${JSON.stringify(loaded.faults)}`);
  return createWebChat({
    ports: store,
    place: loaded.place,
    texts: await createTexts(),
    publicUrl: options.publicUrl ?? null,
    nowMs: options.nowMs ?? (() => MORNING_MS),
    addressOf: options.addressOf ?? (() => '192.0.2.1'),
    stopping: options.stopping ?? new AbortController().signal,
    report: options.report ?? (() => undefined),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
}

export type Serving = { url: string; port: number; stop: () => Promise<void> };

/** Serves it as the program does, on a port of its own or on `port`. */
export async function serveWebChat(store: WebPorts, port = 0, options: Options = {}): Promise<Serving> {
  const stopping = new AbortController();
  const app = await webChat(store, { nowMs: Date.now, ...options, stopping: stopping.signal });
  // One that is its own also while it is down.
  const server: ServerType = serve({ fetch: app.fetch, port: port === 0 ? await freePort() : port, hostname: '127.0.0.1' });
  if (!server.listening) await once(server, 'listening');
  const bound = portOf(server.address());
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    stop: async () => {
      stopping.abort();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => {
        resolve();
      }));
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

export function piece(layout: Layout, fields: Partial<Piece> = {}): Piece {
  return { text: 'text' in layout ? '' : textOf(layout), lang: 'vi', cardId: null, buttons: [], layout, ...fields };
}

function textOf(layout: Layout): string {
  switch (layout.form) {
    case 'answer':
      return [layout.lead, layout.body, layout.source].join('\n\n');
    case 'choices':
      return layout.lead;
    case 'passed':
    case 'person':
      return layout.form === 'passed' ? `${layout.lead}\n${layout.body}` : layout.body;
    case 'emergency':
      return [layout.lead, ...layout.steps].join('\n');
    case 'plain':
      return '';
  }
}

const WRONG = { label: 'Chưa đúng ý', value: 'feedback:wrong' };

/** Every form that a reply can have, as the conversation makes them. */
export const SAMPLES = {
  answer: piece(
    {
      form: 'answer',
      lead: 'Không mất tiền.',
      body: 'Các mũi trong chương trình Tiêm chủng mở rộng đều miễn phí, tiêm ở trạm hay ở điểm tiêm trong làng cũng vậy.',
      more: 'Nhớ mang:\n- Sổ tiêm chủng\n- Giấy khai sinh của bé\n\nCó ai thu tiền mũi mở rộng, bà con báo cho trạm: 0900 000 000.',
      source: 'Nguồn: Nghị định 90/2026/NĐ-CP, điều 9 (12/10/2026).\nSoạn theo nguồn, xem lại trước 31/12/2026.',
      notice: 'Đây là máy trả lời tự động của Trạm Y tế xã Ia Mẫu, không phải người.\nNguy cấp: gọi ngay 115 hoặc trạm 0900 000 000.',
    },
    { cardId: 'epi.free', buttons: [{ label: 'Xem thêm', value: 'more:epi.free' }, WRONG] },
  ),
  choices: piece(
    { form: 'choices', lead: 'Mình chưa chắc bà con hỏi câu nào. Bấm giúp một câu nhé:' },
    {
      buttons: [
        { label: 'Bé đang ho, sốt có đi tiêm được không?', value: 'card:epi.postpone' },
        { label: 'Tiêm về bé bị sốt thì làm sao?', value: 'card:epi.reaction' },
        { label: 'Lỡ lịch tiêm vì bé bệnh thì sao?', value: 'card:epi.late' },
        { label: 'Không có câu nào đúng', value: 'none' },
      ],
    },
  ),
  passed: piece({
    form: 'passed',
    lead: 'Câu này mình chưa có lời chắc chắn, nên đã chuyển cho cán bộ trạm.',
    body: 'Có trả lời trước 9:42 ngày 23/11/2026. Cần ngay thì gọi trạm: 0900 000 000.',
  }),
  emergency: piece({
    form: 'emergency',
    lead: 'Nguy hiểm. Gọi 115 hoặc trạm ngay.',
    steps: ['Ở bên người bệnh, đừng để một mình.', 'Gọi người ở gần tới giúp.', 'Mình đã báo cán bộ trực.'],
    calls: [{ label: 'Gọi 115', number: '115' }, { label: 'Gọi trạm 0900 000 000', number: '0900 000 000' }],
  }),
  person: piece({
    form: 'person',
    name: 'Anh Siu Thanh',
    role: 'Cán bộ bảo hiểm',
    body: 'Dạ chào cô. Chuyện này em phải xem thẻ mới nói chắc được. Cô giữ lại giấy ra viện và hoá đơn, mang thẻ tới trạm trước 11 giờ.',
  }),
  plain: piece({ form: 'plain' }, { text: 'Bà con cần chuyện gì?\n1. Lịch tiêm\n2. Hỗ trợ gạo', buttons: [{ label: 'Lịch tiêm', value: 'card:epi.where' }, { label: 'Hỗ trợ gạo', value: 'card:support.rice' }] }),
  draft: piece({ form: 'plain' }, { text: 'Rơkâo ih tơguăn ƀiă.', lang: 'jra' }),
} as const satisfies Record<string, Piece>;

/** A small conversation: the words say which form comes back. */
export function answerBy(content: InboundContent): Piece[] {
  const words = content.kind === 'text' ? content.text : content.kind === 'button' ? content.value : '';
  if (/co giat|co giật/u.test(words)) return [SAMPLES.emergency];
  if (/sot/u.test(words)) return [SAMPLES.choices];
  if (/thẻ|human/u.test(words)) return [SAMPLES.passed];
  if (/menu/u.test(words)) return [SAMPLES.plain];
  if (/jrai|lang:jra/u.test(words)) return [SAMPLES.draft];
  return [SAMPLES.answer];
}
