import { z } from 'zod';
import { readTokenRecord, type TokenRecord, type TokenStorage } from 'zalo-sdk-adapter';
import { KeyLost, openForStation, sealForStation } from '#bot/store/keyring.ts';
import type { Tx } from '#bot/store/schema.ts';
import type { Store } from '#bot/store/store.ts';

/** Where the store keeps the tokens of the account, sealed by the station's master key. What is sealed there is named after `sealed:`. */
export const TOKENS_KEY = 'sealed:zalo-tokens';
const USE = 'zalo-tokens';
/** What `readTokenRecord` reads; which fields there are is its own matter. */
const jsonSchema = z.json();

/**
 * The account's tokens in the store, for the package's keeper: one row, sealed, changed only from the version that was
 * read. A record that the key file cannot open counts as none, so that a new consent can take its place;
 * `onUnreadable` hears of it.
 */
export function tokensIn(store: Store, onUnreadable: () => void = () => undefined): TokenStorage {
  const open = (value: string | undefined): TokenRecord | null => {
    if (value === undefined) return null;
    try {
      const record = readTokenRecord(jsonSchema.parse(JSON.parse(openForStation(store.masterKeyFile, USE, value).toString('utf8'))));
      if (record !== null) return record;
    } catch (error) {
      if (!(error instanceof KeyLost)) throw error;
    }
    onUnreadable();
    return null;
  };
  const stored = async (tx: Tx, hold: boolean): Promise<string | undefined> => {
    const query = tx.db.selectFrom('meta').select('value').where('key', '=', TOKENS_KEY);
    return (await (hold && tx.engine === 'postgres' ? query.forUpdate() : query).executeTakeFirst())?.value;
  };
  return {
    read: () => store.read(async (tx) => open(await stored(tx, false))),
    swap: (expectedVersion, next) => store.write(async (tx) => {
      const before = await stored(tx, true);
      if ((open(before)?.version ?? 0) !== expectedVersion) return false;
      const value = sealForStation(store.masterKeyFile.newest(), USE, Buffer.from(JSON.stringify(next), 'utf8'));
      if (before === undefined) {
        const made = await tx.db.insertInto('meta').values({ key: TOKENS_KEY, value }).onConflict((c) => c.column('key').doNothing()).executeTakeFirst();
        return (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }
      const changed = await tx.db.updateTable('meta').set({ value }).where('key', '=', TOKENS_KEY).where('value', '=', before).executeTakeFirst();
      return changed.numUpdatedRows > 0n;
    }),
  };
}
