import type { Update } from 'telegraf/types';
import { z } from 'zod';
import type { StaffSaid, TelegramPorts } from './ports.ts';
import { MemoryAway, type Notice, type Routed, type RoutedStaff, type Router } from './router.ts';
import { telegrafUpdate } from './update.ts';

/**
 * Updates come in, whichever way: what people did is on disk when `take` resolves, and only then is anything told to
 * Telegram. While one batch is being written, what arrives gathers for the next, in the order of Telegram's own count;
 * so a slow disk costs one commit a batch, and parallel deliveries keep their order.
 */
export type Intake = {
  /** Throws when something was not stored; the whole of it may then come again. */
  take(updates: readonly unknown[]): Promise<void>;
  /** Resolves when nothing is being taken. */
  idle(): Promise<void>;
};

type Waiting = { update: Update; settle: (error: unknown) => void };

const numbered = z.looseObject({ update_id: z.int() });

export type IntakeOptions = {
  router: Router;
  ports: TelegramPorts;
  act: (notices: Notice[]) => void;
  /** A word for whoever of the station pressed a button or showed a code; nothing depends on it. */
  sayToStaff: (to: RoutedStaff, said: StaffSaid) => void;
};

export function createIntake(options: IntakeOptions): Intake {
  const { router, ports } = options;
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.sort((a, b) => a.update.update_id - b.update.update_id);
      waiting = [];
      const error = await write(batch.map(({ update }) => update)).then(() => null, (cause: unknown) => cause ?? new Error('not stored'));
      for (const each of batch) each.settle(error);
    }
    running = null;
  };

  /** A message that trips the router up still reaches a person: as something that only they can look at. */
  const route = (update: Update): Promise<Routed> => router.route(update).catch((error: unknown) => {
    if (error instanceof MemoryAway) throw error;
    ports.report('unexpected', error);
    return router.salvage(update);
  });

  const write = async (updates: Update[]): Promise<void> => {
    const routed = await Promise.all(updates.map(route));
    const inbounds = routed.flatMap(({ inbound }) => inbound ?? []);
    if (inbounds.length > 0) await ports.store(inbounds);
    // One after the other: of two who answer at once, the second must find the first.
    for (const { staff } of routed) {
      if (staff === null) continue;
      const said = await ports.staff(staff.act);
      if (said !== null) options.sayToStaff(staff, said);
    }
    options.act(routed.flatMap(({ notices }) => notices));
  };

  return {
    take: async (updates) => {
      const read = updates.flatMap((update) => {
        const parsed = telegrafUpdate.safeParse(update);
        if (parsed.success) return [parsed.data];
        // Not a form of Telegram's that we know. It would come again for ever, and stand before everybody else's.
        if (numbered.safeParse(update).success) ports.report('not-understood');
        return [];
      });
      const settled = read.map((update) => new Promise<void>((resolve, reject) => {
        waiting.push({ update, settle: (error) => {
          if (error === null) resolve();
          else reject(error instanceof Error ? error : new Error('not stored'));
        } });
      }));
      if (waiting.length > 0) running ??= run();
      await Promise.all(settled);
    },
    idle: () => running ?? Promise.resolve(),
  };
}
