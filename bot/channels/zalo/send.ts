import { setTimeout as sleep } from 'node:timers/promises';
import { type Button, type Failure, type Result, type Sent, type ZaloOA } from 'zalo-sdk-adapter';
import type { Piece, Sendable, SendOutcome, Template } from '#bot/channels/channel.ts';
import { pictureIn, type Media } from '../media.ts';
import type { Texts } from '#locales/texts.ts';
import { readAddress, type ZaloAddress } from './address.ts';
import { outcomeOf } from './outcome.ts';
import type { ZaloMemory } from './ports.ts';
import { buttonsOf, partsOf } from './render.ts';
import { createSequence } from './sequence.ts';

/** From a piece to calls of the Official Account API, and from their failures to what the outbox can do. */
export type Sender = {
  send(address: string, piece: Sendable): Promise<SendOutcome>;
  /** A message of an approved form, which Zalo takes outside its windows and asks money for. */
  sendTemplate(address: string, template: Template): Promise<SendOutcome>;
  /**
   * Whether the message with this id is one that we know of. What is being sent to this person is waited for, but not for
   * long, because Zalo waits as well.
   */
  isKnown(address: string, messageId: string): Promise<boolean>;
};

export type SenderOptions = {
  oa: ZaloOA;
  memory: ZaloMemory;
  texts: Texts;
  nowMs: () => number;
  /** Whether to offer buttons at all. No public page describes them for today's messages, so a refusal is remembered. */
  buttons: boolean;
  /** Hears of every failure, and of every success. */
  onResult: (failure: Failure | null) => void;
};

/** Whether this account takes buttons; `untried` until one message has told. */
type Taken = 'untried' | 'yes' | 'no';
const BUTTONS_KEY = 'buttons';

/** Uploads last 7 days at Zalo; one of the last day is not relied on. */
const UPLOAD_LIFE_MS = 6 * 86_400_000;
/** An echo often overtakes the answer to the call; this is how far. */
const SETTLING_MS = 100;
/** Our own messages of which an echo may still come. */
const KNOWN_LIMIT = 5000;
/** A request rate that is used up holds for everybody; anything shorter is one person's matter. */
const SHARED_CODES: ReadonlySet<number> = new Set([-32]);

export function createSender(options: SenderOptions): Sender {
  const { oa, memory, texts, nowMs } = options;
  const sequence = createSequence();
  const known = new Set<string>();
  const inFlight = new Map<string, Set<Promise<unknown>>>();
  let restUntilMs = 0;
  let taken: Taken | null = options.buttons ? null : 'no';

  const send = async (address: string, piece: Sendable): Promise<SendOutcome> => {
    const to = readAddress(address);
    if (to === null) return { kind: 'refused', why: 'not a Zalo address' };
    if (nowMs() < restUntilMs) return { kind: 'later', notBeforeMs: restUntilMs, why: 'throttled' };
    const state = await buttonState();
    const buttons = to.kind === 'user' ? wanted(piece, state) : [];
    // Until buttons are certain the text says the same, so that nothing hangs on them.
    const parts = partsOf(piece, texts, { numbered: buttons.length === 0 || state !== 'yes' });
    if (parts.length === 0) return { kind: 'refused', why: 'nothing to see in it' };

    const steps = parts.map((text, i) => () => (i === parts.length - 1 ? sendLast(to, text, buttons, state) : sendPlain(to, text)));
    const picture = to.kind === 'user' ? await pictureStep(to.userId, piece) : [];
    const result = await sequence.run(address, piece.text, [...picture, ...steps]);
    options.onResult(result.ok ? null : result.failure);
    if (result.ok) return { kind: 'sent', platformMessageId: result.messageId };
    const outcome = outcomeOf(result.failure, nowMs(), result.failedBefore);
    if (outcome.kind === 'later' && isShared(result.failure)) restUntilMs = outcome.notBeforeMs;
    return outcome;
  };

  const sendPlain = (to: ZaloAddress, text: string): Promise<Result<Sent>> => note(
    to.kind === 'user' ? oa.sendText(to.userId, text) : oa.sendAnonymousText({ anonymous_id: to.anonymousId, conversation_id: to.conversationId }, text),
  );

  /** The last part carries the buttons. An account that does not take them says so before anything is sent. */
  const sendLast = async (to: ZaloAddress, text: string, buttons: Button[], state: Taken): Promise<Result<Sent>> => {
    if (buttons.length === 0 || to.kind !== 'user') return sendPlain(to, text);
    const result = await note(oa.sendButtons(to.userId, text, buttons));
    if (result.ok) {
      if (state === 'untried') await remember('yes');
      return result;
    }
    if (!isAboutForm(result.failure)) return result;
    const plain = await sendPlain(to, text);
    if (plain.ok && state === 'untried') await remember('no');
    return plain;
  };

  const wanted = (piece: Piece, state: Taken): Button[] => {
    // A danger text is never the one by which something is tried out.
    if (state === 'no' || (piece.layout.form === 'emergency' && state !== 'yes')) return [];
    return buttonsOf(piece);
  };

  const buttonState = async (): Promise<Taken> => {
    if (taken !== null) return taken;
    const kept = await memory.get(BUTTONS_KEY).catch(() => null);
    return (taken = kept === 'yes' || kept === 'no' ? kept : 'untried');
  };
  const remember = async (state: Taken): Promise<void> => {
    taken = state;
    // Forgetting it costs one more try.
    await memory.set(BUTTONS_KEY, state).catch(() => undefined);
  };

  /** A picture before the text; none when it cannot be uploaded, because the text says it all. */
  const pictureStep = async (userId: string, piece: Sendable): Promise<(() => Promise<Result<Sent>>)[]> => {
    const media = await pictureIn(piece);
    const id = media === null ? null : await uploaded(media);
    return id === null ? [] : [() => note(oa.sendImage(userId, { attachment_id: id }))];
  };
  const uploaded = async (media: Media): Promise<string | null> => {
    const key = `upload:${media.hash}`;
    const [id, untilMs] = (await memory.get(key).catch(() => null))?.split(' ') ?? [];
    if (id !== undefined && Number(untilMs) > nowMs()) return id;
    const upload = await oa.uploads.image(media);
    if (!upload.ok) return null;
    await memory.set(key, `${upload.value.attachment_id} ${nowMs() + UPLOAD_LIFE_MS}`).catch(() => undefined);
    return upload.value.attachment_id;
  };

  const note = async (sending: Promise<Result<Sent>>): Promise<Result<Sent>> => {
    const result = await sending;
    if (!result.ok) return result;
    known.add(result.value.message_id);
    const oldest = known.values().next();
    if (known.size > KNOWN_LIMIT && !oldest.done) known.delete(oldest.value);
    return result;
  };

  const sendTemplate = async (address: string, template: Template): Promise<SendOutcome> => {
    const to = readAddress(address);
    if (to?.kind !== 'user') return { kind: 'refused', why: 'nobody signed in at Zalo' };
    if (nowMs() < restUntilMs) return { kind: 'later', notBeforeMs: restUntilMs, why: 'throttled' };
    const result = await oa.templates.sendToUser({ user_id: to.userId, template_id: template.id, template_data: template.data });
    options.onResult(result.ok ? null : result.failure);
    if (result.ok) return { kind: 'sent', platformMessageId: result.value.message_id };
    // Of a form nothing is tried in parts, so this is its first failure whenever it fails.
    const outcome = outcomeOf(result.failure, nowMs(), 0);
    if (outcome.kind === 'later' && isShared(result.failure)) restUntilMs = outcome.notBeforeMs;
    return outcome;
  };

  return {
    sendTemplate,
    send: (address, piece) => {
      const sending = send(address, piece);
      const running = inFlight.get(address) ?? new Set();
      inFlight.set(address, running.add(sending));
      const over = (): void => {
        running.delete(sending);
        if (running.size === 0) inFlight.delete(address);
      };
      sending.then(over, over);
      return sending;
    },
    isKnown: async (address, messageId) => {
      const waiting = new AbortController();
      await Promise.race([Promise.allSettled([...inFlight.get(address) ?? []]), sleep(SETTLING_MS, undefined, { signal: waiting.signal }).catch(() => undefined)]);
      waiting.abort();
      return known.has(messageId);
    },
  };
}

/** The form of the message was refused, not its sending: without buttons it may be taken. */
function isAboutForm(failure: Failure): boolean {
  return (failure.kind === 'refused' || failure.kind === 'limit') && failure.remedy.kind === 'permanent' && failure.remedy.scope === 'message';
}

function isShared(failure: Failure): boolean {
  return failure.kind === 'reauth_required' || (failure.kind === 'refused' && (SHARED_CODES.has(failure.code) || failure.remedy.kind === 'human'));
}
