import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TOKENS_KEY } from '#bot/channels/zalo/tokens.ts';
import { openForStation, sealForStation } from '#bot/store/keyring.ts';
import { findPerson, personAt } from '#bot/store/people.ts';
import { rotateMasterKey } from '#bot/store/rotation.ts';
import { onBothEngines } from './engines.ts';
import { freshFolder, openOrThrow } from './fresh.ts';

test('a new master key still opens what the station itself keeps sealed, such as a platform’s tokens', async () => {
  using folder = freshFolder();
  const store = await openOrThrow({ dataDir: folder.path });
  const secret = Buffer.from('a token that an officer would have to fetch again');
  await store.write(({ db }) => db.insertInto('meta').values({ key: TOKENS_KEY, value: sealForStation(store.masterKeyFile.newest(), 'zalo-tokens', secret) }).execute());
  await rotateMasterKey(store);
  const row = await store.read(({ db }) => db.selectFrom('meta').select('value').where('key', '=', TOKENS_KEY).executeTakeFirstOrThrow());
  expect(openForStation(store.masterKeyFile, 'zalo-tokens', row.value)).toEqual(secret);
  await store.close();
});

onBothEngines((fresh) => {
  test('two who turn the master key at once leave one key in the file, and it opens everything', async () => {
    await using ground = await fresh();
    const people = await ground.store.write(async (tx) => Promise.all(['một', 'hai', 'ba'].map((address) => personAt(tx, 'web', address))));
    const beside = await Promise.all([1, 2, 3].map(() => ground.beside()));
    await Promise.all([ground.store, ...beside].map((store) => rotateMasterKey(store)));
    const lines = readFileSync(ground.store.masterKeyFile.path, 'utf8').trim().split('\n');
    const after = await ground.beside();
    const inUse = await after.read(({ db }) => db.selectFrom('keys').select('master_id').distinct().execute());
    expect(lines.map((line) => line.split(' ')[0])).toEqual(inUse.map((row) => row.master_id));
    const found = await after.read(async (tx) => Promise.all(['một', 'hai', 'ba'].map((address) => findPerson(tx, 'web', address))));
    expect(found.map((person) => person?.id)).toEqual(people.map((person) => person.id));
  });
});
