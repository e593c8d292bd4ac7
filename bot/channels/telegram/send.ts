import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Piece, Sendable, SendOutcome } from '#bot/channels/channel.ts';
import { readAddress, type Address } from './address.ts';
import type { Api, ApiFault, ApiResult } from './api.ts';
import { outcomeOf, verdictOf, type Verdict } from './errors.ts';
import { mediaOf, pictureIn, type Media } from '../media.ts';
import type { Clock, Memory } from './ports.ts';
import { arrange, renderParts, type Part } from './render.ts';
import { writeKeyboard, type Keyboard } from './keyboard.ts';

/** Sends pieces: each as the messages it needs, with one retry for whatever the API lets us put right at once. */
export type Sender = {
  send(address: string, piece: Sendable): Promise<SendOutcome>;
  typing(address: string): Promise<void>;
  /** The person's message that an answer in a group should point at. */
  heard(address: string, messageId: number): void;
};

export type SenderOptions = {
  api: Api;
  memory: Memory;
  clock: Clock;
  /** The API does not accept the token. */
  onTokenRefused: () => void;
  onThrottled: () => void;
};

type Step =
  | { kind: 'text'; part: Part; keyboard: Keyboard | null }
  | { kind: 'photo' | 'voice' | 'file'; media: Media; personal: boolean; caption: Part | null; keyboard: Keyboard | null };

/** What is left out after the API refused it; the rest goes all the same. */
type LeftOut = { reply: boolean; topic: boolean; formatting: boolean; fileId: boolean };

const sentSchema = z.object({
  message_id: z.int(),
  photo: z.array(z.object({ file_id: z.string() })).optional(),
  voice: z.object({ file_id: z.string() }).optional(),
  document: z.object({ file_id: z.string() }).optional(),
});
type Sent = z.infer<typeof sentSchema>;

/** What may be about the file and not about the person. */
const MEDIA_VERDICTS: ReadonlySet<Verdict> = new Set<Verdict>(['refused', 'upload-again', 'no-voice']);

/** Pieces of several messages of which some arrived; the rest of each follows at the next try. */
const UNFINISHED_LIMIT = 1000;
const HEARD_LIMIT = 5000;
/** Added to what the API asks us to wait, so that many senders do not come back in the same instant. */
const JITTER_MS = 500;
/** An upload over a weak line takes longer than the dispatcher waits; its answer still counts, and comes before anything is repeated. */
const UPLOAD_TIMEOUT_MS = 40_000;

export function createSender(options: SenderOptions): Sender {
  const { api, memory, clock } = options;
  const unfinished = new Map<string, number>();
  const lastHeard = new Map<string, number>();
  let restUntilMs = 0;

  const send = async (address: string, piece: Sendable): Promise<SendOutcome> => {
    const to = readAddress(address);
    if (to === null) return { kind: 'refused', why: 'not a Telegram address' };
    const nowMs = clock.nowMs();
    if (nowMs < restUntilMs) return { kind: 'later', notBeforeMs: restUntilMs, why: 'throttled' };

    const steps = await planOf(piece, memory);
    if (steps.length === 0) return { kind: 'refused', why: 'nothing to see in it' };
    const chatId = Number(await memory.get(movedKey(to.chatId)) ?? to.chatId);
    const key = createHash('sha256').update(`${address}\n${piece.text}`).digest('base64');
    const done = steps.length > 1 ? unfinished.get(key) ?? 0 : 0;
    let messageId: string | null = null;
    for (const [i, step] of steps.entries()) {
      if (i < done) continue;
      const result = await withoutPicture(step, piece, await perform(step, { ...to, chatId }, address), { ...to, chatId }, address);
      if (!result.ok) {
        if (i > 0) remember(unfinished, key, i, UNFINISHED_LIMIT);
        return settleFault(result.fault);
      }
      if (step.kind === 'text' || step.caption !== null) messageId = result.result === null ? messageId : String(result.result.message_id);
    }
    unfinished.delete(key);
    return { kind: 'sent', platformMessageId: messageId };
  };

  /** A picture or recording that Telegram does not take, for whatever reason of its own, leaves the words: they say it all. */
  const withoutPicture = async (step: Step, piece: Piece, result: ApiResult<Sent | null>, to: Address, address: string): Promise<ApiResult<Sent | null>> => {
    if (step.kind === 'text' || result.ok || result.fault.kind !== 'said-no' || !MEDIA_VERDICTS.has(verdictOf(result.fault))) return result;
    const [part] = step.caption === null ? [] : renderParts(piece);
    return part === undefined ? { ok: true, result: null } : perform({ kind: 'text', part, keyboard: step.keyboard }, to, address);
  };

  /** One message, tried again without whatever the API objects to. Null: it is as well without it. */
  const perform = async (step: Step, target: Address, address: string): Promise<ApiResult<Sent | null>> => {
    let to = target;
    const without: LeftOut = { reply: false, topic: false, formatting: false, fileId: false };
    const tried = new Set<Verdict>();
    for (;;) {
      const result = await call(step, to, without, target.userId === null ? undefined : lastHeard.get(address));
      if (result.ok || result.fault.kind !== 'said-no') return result;
      const verdict = verdictOf(result.fault);
      if (tried.has(verdict)) return result;
      tried.add(verdict);
      switch (verdict) {
        case 'migrated':
          if (result.fault.migratedTo === null) return result;
          await memory.set(movedKey(target.chatId), result.fault.migratedTo);
          to = { ...to, chatId: Number(result.fault.migratedTo), threadId: null };
          break;
        case 'without-reply':
          without.reply = true;
          break;
        case 'without-topic':
          without.topic = true;
          break;
        case 'without-formatting':
          without.formatting = true;
          break;
        case 'upload-again':
          without.fileId = true;
          break;
        case 'no-voice':
        case 'ignore':
          return { ok: true, result: null };
        case 'gone':
        case 'throttled':
        case 'token-refused':
        case 'conflict':
        case 'refused':
          return result;
      }
    }
  };

  const call = async (step: Step, to: Address, without: LeftOut, heard: number | undefined): Promise<ApiResult<Sent>> => {
    const common = {
      chat_id: to.chatId,
      ...(to.threadId === null || without.topic ? {} : { message_thread_id: to.threadId }),
      ...(step.keyboard === null ? {} : { reply_markup: step.keyboard }),
    };
    switch (step.kind) {
      case 'text':
        return api.call('sendMessage', {
          ...common,
          text: step.part.text,
          ...(without.formatting ? {} : { entities: step.part.entities }),
          ...(heard === undefined || without.reply ? {} : { reply_parameters: { message_id: heard, allow_sending_without_reply: true } }),
          link_preview_options: { is_disabled: true },
        }, sentSchema);
      case 'photo':
      case 'voice':
      case 'file': {
        const known = without.fileId || step.personal ? null : await memory.get(fileKey(step.media));
        const caption = step.caption === null ? {} : { caption: step.caption.text, ...(without.formatting ? {} : { caption_entities: step.caption.entities }) };
        const limits = known === null ? { timeoutMs: UPLOAD_TIMEOUT_MS } : {};
        if (known === null) void show(to, step.kind === 'photo' ? 'upload_photo' : step.kind === 'voice' ? 'upload_voice' : 'upload_document');
        const file = known ?? { source: step.media.bytes, filename: step.media.filename };
        const result = step.kind === 'photo'
          ? await api.call('sendPhoto', { ...common, ...caption, photo: file }, sentSchema, limits)
          : step.kind === 'voice'
            ? await api.call('sendVoice', { ...common, ...caption, voice: file }, sentSchema, limits)
            : await api.call('sendDocument', { ...common, ...caption, document: file }, sentSchema, limits);
        const id = result.ok ? result.result.voice?.file_id ?? result.result.document?.file_id ?? result.result.photo?.at(-1)?.file_id : undefined;
        // By a file id anybody with the token could have the sound again, after the person is erased.
        if (known === null && id !== undefined && !step.personal) await memory.set(fileKey(step.media), id);
        return result;
      }
    }
  };

  /** Shows what is being done, while Telegram is patient; only of its impatience does anybody hear. */
  const show = async (to: Address, action: 'typing' | 'upload_photo' | 'upload_voice' | 'upload_document'): Promise<void> => {
    if (clock.nowMs() < restUntilMs) return;
    const result = await api.call('sendChatAction', { chat_id: to.chatId, action, ...(to.threadId === null ? {} : { message_thread_id: to.threadId }) }, z.unknown(), { timeoutMs: 3000 });
    if (!result.ok && result.fault.kind === 'said-no' && verdictOf(result.fault) === 'throttled') settleFault(result.fault);
  };

  const settleFault = (fault: ApiFault): SendOutcome => {
    const nowMs = clock.nowMs();
    const outcome = outcomeOf(fault, nowMs);
    if (fault.kind !== 'said-no' || outcome.kind !== 'later') return outcome;
    const notBeforeMs = outcome.notBeforeMs + Math.ceil(Math.random() * JITTER_MS);
    const verdict = verdictOf(fault);
    if (verdict === 'throttled' || verdict === 'token-refused') restUntilMs = Math.max(restUntilMs, notBeforeMs);
    if (verdict === 'throttled') options.onThrottled();
    if (verdict === 'token-refused') options.onTokenRefused();
    return { ...outcome, notBeforeMs };
  };

  function fileKey(media: Media): string {
    return `file:${api.botId}:${media.hash}`;
  }

  return {
    send,
    typing: async (address) => {
      const to = readAddress(address);
      if (to !== null) await show({ ...to, chatId: Number(await memory.get(movedKey(to.chatId)) ?? to.chatId) }, 'typing');
    },
    heard: (address, messageId) => {
      remember(lastHeard, address, messageId, HEARD_LIMIT);
    },
  };
}

/** Where the memory keeps the new id of a group that became a supergroup. */
export function movedKey(chatId: number): string {
  return `moved:${chatId}`;
}

async function planOf(piece: Sendable, memory: Memory): Promise<Step[]> {
  const keyboard = await writeKeyboard(piece, memory);
  const picture = await pictureIn(piece);
  const { sound } = piece;
  const heard = sound === undefined ? null : mediaOf(sound.bytes, sound.filename);
  return arrange(piece, { picture: picture !== null, sound: heard === null ? null : sound?.kind ?? null }).flatMap(({ kind, part, keys }): Step[] => {
    const under = keys ? keyboard : null;
    if (kind === 'text') return part === null ? [] : [{ kind, part, keyboard: under }];
    const media = kind === 'photo' ? picture : heard;
    return media === null ? [] : [{ kind, media, personal: kind !== 'photo' && (sound?.personal ?? false), caption: part, keyboard: under }];
  });
}

function remember(map: Map<string, number>, key: string, value: number, limit: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > limit && !oldest.done) map.delete(oldest.value);
}
