import { expect, test } from 'vitest';
import { TOKENS_KEY } from '#bot/channels/zalo/tokens.ts';
import { openForStation, sealForStation } from '#bot/store/keyring.ts';
import { rotateMasterKey } from '#bot/store/rotation.ts';
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
