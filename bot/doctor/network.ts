import type { Examined } from './doctor.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

/** A clock further off than this makes Zalo's signatures too old or too new, and evening announcements late. */
const WORST_CLOCK_MS = 300_000;
const GOOD_CLOCK_MS = 30_000;
/** Where Telegram calls a webhook; none stands for 443 (core.telegram.org/bots/api#setwebhook). */
const TELEGRAM_PORTS: ReadonlySet<string> = new Set(['', '80', '88', '8443']);

/** The clock against a platform's, and the address at which people and platforms reach the station. */
export async function examineNetwork(it: Examined): Promise<Finding[]> {
  return Promise.all([examineClock(it), examineAddress(it)]);
}

async function examineClock({ config, clock, patienceMs }: Examined): Promise<Finding> {
  const roots = [
    ...(config.telegramBotToken === null ? [] : [config.telegramApiRoot]),
    ...(config.zaloAppId === null ? [] : [config.zaloApiRoot]),
    ...(config.zaloBotToken === null ? [] : [config.zaloBotApiRoot]),
  ];
  if (roots.length === 0) return ok('clock', 'doctor:clock.nobody');
  const looks = await Promise.all(roots.map(async (root) => {
    const answer = await fetch(root, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(patienceMs) }).catch(() => null);
    const theirsMs = Date.parse(answer?.headers.get('date') ?? '');
    return Number.isNaN(theirsMs) ? null : Math.abs(clock() - theirsMs);
  }));
  const off = looks.filter((look) => look !== null).toSorted((a, b) => a - b)[0];
  if (off === undefined) return warning('clock', 'doctor:clock.unseen');
  const values = { seconds: Math.round(off / 1000) };
  if (off > WORST_CLOCK_MS) return wrong('clock', 'doctor:clock.wrong', values);
  return off > GOOD_CLOCK_MS ? warning('clock', 'doctor:clock.off', values) : ok('clock', 'doctor:clock.fine');
}

async function examineAddress({ config, patienceMs }: Examined): Promise<Finding> {
  const needed = config.zaloAppId !== null || (config.telegramBotToken !== null && config.telegramMode === 'webhook') || config.zaloBotWebhookSecret !== null;
  const { publicUrl: url } = config;
  if (url === null) return needed ? wrong('address', 'doctor:address.missing') : ok('address', 'doctor:address.none');
  if (!url.startsWith('https://')) return needed ? wrong('address', 'doctor:address.notHttps', { url }) : warning('address', 'doctor:address.notHttps', { url });
  const webhook = config.telegramBotToken !== null && config.telegramMode === 'webhook';
  if (webhook && !TELEGRAM_PORTS.has(new URL(url).port)) return wrong('address', 'doctor:address.port', { url });
  const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(patienceMs) }).catch(() => null);
  const ours = answer?.ok === true && (await answer.text().catch(() => '')).includes('"knowledge"');
  if (ours) return ok('address', 'doctor:address.fine', { url });
  return answer === null ? warning('address', 'doctor:address.silent', { url }) : warning('address', 'doctor:address.another', { url, status: answer.status });
}
