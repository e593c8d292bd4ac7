import { may } from '#bot/accounts/accounts.ts';
import type { Store } from '#bot/store/store.ts';
import { linkedAccounts } from '#bot/store/staff-links.ts';

/** Whether anybody of the station would notice a message now, held ready because a turn of conversation waits for nothing. */
export type Reach = { refresh: () => Promise<void>; someoneHears: () => boolean };

/** Who did something in the console this recently is likely to see its alarm. */
const AT_THE_DESK_MS = 10 * 60_000;

/** `group`: a staff group is told of everything urgent. Until the first look it is taken that somebody hears. */
export function createReach(store: Store, options: { group: boolean }): Reach {
  let hears = true;
  return {
    refresh: async () => {
      hears = options.group || await store.read(async (tx) => {
        const health = (await linkedAccounts(tx)).filter((account) => may(account.role, 'answer') && account.domains.includes('health'));
        if (health.some((account) => account.userId !== null)) return true;
        const seen = await tx.db.selectFrom('staff_sessions').select('account_id').where('seen_ms', '>', tx.nowMs - AT_THE_DESK_MS).execute();
        return seen.some((session) => health.some((account) => account.id === session.account_id));
      });
    },
    someoneHears: () => hears,
  };
}
