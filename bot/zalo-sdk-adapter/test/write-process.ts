import { FileTokenStorage } from '../oauth/storages.ts';

/** Writes one version after the other until it is killed, and says which it believes to be safe. Run by keeper-kill.test.ts. */
const storage = new FileTokenStorage(process.env['FOLDER'] ?? '');
for (;;) {
  const version = ((await storage.read())?.version ?? 0) + 1;
  const text = String(version).repeat(400);
  const record = { version, oa_id: null, access_token: text, refresh_token: text, obtained_at_ms: version, expires_at_ms: version, pending: null, unsure_since_ms: null, not_before_ms: 0, failures: 0, reauth: null };
  if (await storage.swap(version - 1, record)) process.stdout.write(`${version}\n`);
}
