import { createHash, randomUUID } from 'node:crypto';

/**
 * Telling other processes at once what they would find by looking a second later: that there is work in the store, and
 * that something for an open page may be read. Through Redis where there is one. A wake-up that is lost costs that second.
 */
export type WakeUps = {
  /** Something was stored that another process may have to see to. */
  work: () => void;
  /** A reply to this address may be read. Of the address only a hash goes out. */
  seen: (address: string) => void;
  close: () => Promise<void>;
};

export type Hears = {
  work: () => void;
  /** `isMeant` tells for which of the addresses that are looked at here. */
  seen: (isMeant: (address: string) => boolean) => void;
};

export const NO_WAKE_UPS: WakeUps = { work: () => undefined, seen: () => undefined, close: () => Promise.resolve() };

const TOPIC = 'loa:wake';
const MOST_RECONNECT_MS = 2000;
/** The command line does not wait longer than this to tell a running program. */
const TELL_MS = 1000;

/** Connects in the background and never fails; what it hears from itself it does not hear. */
export async function openWakeUps(url: string, hears: Hears): Promise<WakeUps> {
  const { createClient } = await import('redis');
  const own = randomUUID();
  const options = { url, disableOfflineQueue: true, socket: { connectTimeout: 1000, reconnectStrategy: (tries: number) => Math.min(50 * 2 ** Math.min(tries, 6), MOST_RECONNECT_MS) } };
  const [speaker, listener] = [createClient(options), createClient(options)];
  for (const client of [speaker, listener]) client.on('error', () => undefined);
  // Whatever was said while the line was down is found by looking.
  listener.on('ready', () => { hears.work(); });
  speaker.connect().catch(() => undefined);
  listener.connect().then(() => listener.subscribe(TOPIC, (said) => {
    const [from, what, hash] = said.split(' ');
    if (from === own) return;
    if (what === 'work') hears.work();
    if (what === 'seen') hears.seen((address) => hashOf(address) === hash);
  })).catch(() => undefined);
  const tell = (what: string): void => {
    if (speaker.isReady) speaker.publish(TOPIC, `${own} ${what}`).catch(() => undefined);
  };
  return {
    work: () => { tell('work'); },
    seen: (address) => { tell(`seen ${hashOf(address)}`); },
    close: () => {
      for (const client of [speaker, listener]) client.destroy();
      return Promise.resolve();
    },
  };
}

/** Tells whatever program runs that there is work, and forgets about it: for a process that is about to end. */
export async function tellOfWork(url: string): Promise<void> {
  const { createClient } = await import('redis');
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: TELL_MS, reconnectStrategy: false } });
  client.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, TELL_MS); });
  await Promise.race([client.connect().then(() => client.publish(TOPIC, `${randomUUID()} work`)).then(() => undefined, () => undefined), late]);
  clearTimeout(timer);
  client.destroy();
}

function hashOf(address: string): string {
  return createHash('sha256').update(`wake\0${address}`).digest('base64url').slice(0, 22);
}
