import { openForStation, sealForStation } from './keyring.ts';
import type { MasterKeyFile } from './master-key.ts';
import type { Tx } from './schema.ts';
import type { Store } from './store.ts';

/**
 * Puts a new master key in use: every person's key is wrapped anew, in one transaction, and only then is the old master
 * key dropped from the file. Interrupted anywhere, the file holds every key that is needed, and running it again
 * completes it. Other processes go on; on other machines the new key file must be in place before. Gives how many
 * keys were wrapped.
 */
export async function rotateMasterKey(store: Store): Promise<{ people: number; masterId: string }> {
  const file = store.masterKeyFile;
  const rotated = await store.write(async (tx) => {
    await holdRotation(tx);
    const { id } = file.add();
    return { people: await rewrapAll(tx, file, id), masterId: id };
  });
  await store.write(async (tx) => {
    await holdRotation(tx);
    const { value } = await tx.db.selectFrom('meta').select('value').where('key', '=', 'master_id').executeTakeFirstOrThrow();
    // Somebody else may have turned it again meanwhile: then theirs is the key that everything hangs on.
    if (value === rotated.masterId) file.keepOnly(rotated.masterId);
  });
  return rotated;
}

/** Whoever else rotates waits here: of two who change the key file at once, one would drop the key the other is using. */
async function holdRotation(tx: Tx): Promise<void> {
  await tx.db.updateTable('meta').set((eb) => ({ value: eb.ref('value') })).where('key', '=', 'master_id').execute();
}

const SEALED = 'sealed:';

async function rewrapAll(tx: Tx, file: MasterKeyFile, masterId: string): Promise<number> {
  // First, so that whoever is writing down a new person has either finished or will see the new key.
  await tx.db.updateTable('meta').set({ value: masterId }).where('key', '=', 'master_id').execute();

  const lookup = await tx.db.selectFrom('meta').select('value').where('key', '=', 'lookup_key').executeTakeFirstOrThrow();
  const master = file.byId(masterId);
  if (!master) throw new Error('the new master key is not in its file');
  await tx.db.updateTable('meta').set({ value: sealForStation(master, 'lookup', openForStation(file, 'lookup', lookup.value)) }).where('key', '=', 'lookup_key').execute();

  // What the station itself keeps sealed, such as a platform's tokens, stands under `sealed:<use>`.
  const sealed = await tx.db.selectFrom('meta').selectAll().where('key', 'like', `${SEALED}%`).execute();
  for (const { key, value } of sealed) {
    const use = key.slice(SEALED.length);
    await tx.db.updateTable('meta').set({ value: sealForStation(master, use, openForStation(file, use, value)) }).where('key', '=', key).execute();
  }

  const keys = await tx.db.selectFrom('keys').selectAll().where('master_id', '!=', masterId).execute();
  for (const { person_id, master_id, wrapped } of keys) {
    const again = tx.ring.rewrap(person_id, { masterId: master_id, wrapped }, masterId);
    await tx.db.updateTable('keys').set({ master_id: again.masterId, wrapped: again.wrapped }).where('person_id', '=', person_id).execute();
  }
  return keys.length;
}
