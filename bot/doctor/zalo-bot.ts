import { ZaloBot } from 'zalo-sdk-adapter';
import { BOT_WEBHOOK_PATH } from '#bot/channels/zalo-bot/zalo-bot.ts';
import type { Examined } from './doctor.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

/** The bot of the Bot Platform: its token, and whether Zalo calls us or is asked. */
export async function examineZaloBot({ config, clock, patienceMs }: Examined): Promise<Finding[]> {
  if (config.zaloBotToken === null) return [];
  const bot = new ZaloBot({ token: config.zaloBotToken, apiRoot: config.zaloBotApiRoot, timeoutMs: patienceMs, now: clock });
  const [self, info] = await Promise.all([bot.getMe(), bot.getWebhookInfo()]);
  if (!self.ok) return [self.failure.kind === 'unreached' ? warning('zalo-bot', 'doctor:zaloBot.away') : wrong('zalo-bot', 'doctor:zaloBot.refused')];
  const findings = [ok('zalo-bot', 'doctor:zaloBot.fine', { name: self.value.account_name })];
  if (!info.ok) return findings;
  const ours = config.zaloBotWebhookSecret === null || config.publicUrl === null ? null : config.publicUrl + BOT_WEBHOOK_PATH;
  const registered = info.value.url === '' ? null : info.value.url;
  return registered === ours ? findings : [...findings, warning('zalo-bot-webhook', ours === null ? 'doctor:zaloBot.webhookElsewhere' : 'doctor:zaloBot.notRegistered')];
}
