import type { Result } from '../result.ts';
import type { EventOf, ZaloEvent } from './events.ts';

/** The part of a client that a router needs in order to answer. `ZaloOA` is one. */
export type Answerer = { sendText(userId: string, text: string, options?: { quote_message_id?: string }): Promise<Result<{ message_id: string }>> };

/** What a handler is given: the event, the client, and `reply`, which writes to the person whom the event concerns. */
export type ZaloContext<O extends Answerer, E extends ZaloEvent = ZaloEvent> = {
  event: E;
  oa: O;
  /** Throws a TypeError for an event that concerns no person, such as a notice about a template. */
  reply: (text: string, options?: { quote_message_id?: string }) => Promise<Result<{ message_id: string }>>;
};

export type Next = () => Promise<void>;
export type Handler<O extends Answerer, E extends ZaloEvent = ZaloEvent> = (context: ZaloContext<O, E>, next: Next) => Promise<void> | void;

/**
 * Leads an event through handlers in the order in which they were added, as telegraf does: a handler that wants the
 * later ones to run calls `next`. What a handler throws reaches the caller of `handle`.
 */
export class ZaloRouter<O extends Answerer> {
  readonly #oa: O;
  readonly #steps: ((context: ZaloContext<O>, next: Next) => Promise<void> | void)[] = [];

  constructor(oa: O) {
    this.#oa = oa;
  }

  /** Runs for every event. */
  use(handler: Handler<O>): this {
    this.#steps.push(handler);
    return this;
  }

  /** Runs for events of these names. */
  on<N extends ZaloEvent['event_name']>(names: N | readonly N[], handler: Handler<O, EventOf<N>>): this {
    const wanted: readonly string[] = typeof names === 'string' ? [names] : names;
    const matches = (event: ZaloEvent): event is EventOf<N> => wanted.includes(event.event_name);
    this.#steps.push((context, next) => {
      const { event } = context;
      return matches(event) ? handler({ ...context, event }, next) : next();
    });
    return this;
  }

  /** Runs for texts that equal `trigger`, or that it matches. A button's payload arrives as such a text. */
  hears(trigger: string | RegExp, handler: Handler<O, EventOf<'user_send_text'>>): this {
    const matches = (text: string) => (typeof trigger === 'string' ? text === trigger : new RegExp(trigger.source, trigger.flags.replace(/[gy]/g, '')).test(text));
    return this.on('user_send_text', (context, next) => (matches(context.event.message.text ?? '') ? handler(context, next) : next()));
  }

  /** Resolves when the handlers are done. */
  async handle(event: ZaloEvent): Promise<void> {
    const context: ZaloContext<O> = {
      event,
      oa: this.#oa,
      reply: (text, options) => {
        const userId = 'user_id' in event ? event.user_id : null;
        if (userId === null) throw new TypeError(`${event.event_name} concerns no person who could be answered`);
        return this.#oa.sendText(userId, text, options);
      },
    };
    const run = async (step: number): Promise<void> => {
      await this.#steps[step]?.(context, () => run(step + 1));
    };
    await run(0);
  }
}
