import { z } from 'zod';
import { createApi, type ApiFault } from '#bot/channels/telegram/api.ts';
import { verdictOf } from '#bot/channels/telegram/errors.ts';
import { WEBHOOK_PATH } from '#bot/channels/telegram/webhook.ts';
import type { Examined } from './doctor.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

const selfSchema = z.object({ username: z.string() });
const infoSchema = z.object({ url: z.string(), pending_update_count: z.number(), last_error_date: z.number().optional(), last_error_message: z.string().optional() });
const chatSchema = z.object({ type: z.string(), is_forum: z.boolean().optional() });

/** More than a poll holds: nobody is fetching. */
const MANY_PENDING = 100;
const RECENT_ERROR_MS = 3_600_000;

/** The token, what Telegram knows of our webhook, and the staff's group. */
export async function examineTelegram({ config, clock, patienceMs }: Examined): Promise<Finding[]> {
  if (config.telegramBotToken === null) return [ok('telegram', 'doctor:telegram.off')];
  const api = createApi({ token: config.telegramBotToken, root: config.telegramApiRoot });
  const limits = { timeoutMs: patienceMs };
  try {
    const [self, info, group] = await Promise.all([
      api.call('getMe', {}, selfSchema, limits),
      api.call('getWebhookInfo', {}, infoSchema, limits),
      config.telegramStaffChatId === null ? null : api.call('getChat', { chat_id: config.telegramStaffChatId }, chatSchema, limits),
    ]);
    if (!self.ok) return [isRefused(self.fault) ? wrong('telegram', 'doctor:telegram.refused') : warning('telegram', 'doctor:telegram.away')];
    const findings = [ok('telegram', 'doctor:telegram.fine', { name: self.result.username })];
    if (info.ok) findings.push(...examineIntake(info.result, config, clock()));
    if (group !== null) findings.push(examineGroup(group));
    return findings;
  } finally {
    api.close();
  }
}

function examineIntake(info: z.infer<typeof infoSchema>, config: Examined['config'], nowMs: number): Finding[] {
  const id = 'telegram-updates';
  const findings: Finding[] = [];
  const ours = config.telegramMode === 'webhook' && config.publicUrl !== null ? config.publicUrl + WEBHOOK_PATH : '';
  if (info.url !== ours) findings.push(warning(id, ours === '' ? 'doctor:telegram.webhookElsewhere' : 'doctor:telegram.notRegistered'));
  if (info.pending_update_count > MANY_PENDING) findings.push(warning('telegram-waiting', 'doctor:telegram.waiting', { count: info.pending_update_count }));
  if (info.last_error_message !== undefined && nowMs - (info.last_error_date ?? 0) * 1000 < RECENT_ERROR_MS) {
    findings.push(warning('telegram-error', 'doctor:telegram.error', { why: info.last_error_message.slice(0, 160) }));
  }
  return findings.length > 0 ? findings : [ok(id, ours === '' ? 'doctor:telegram.polling' : 'doctor:telegram.webhook', { count: info.pending_update_count })];
}

function examineGroup(group: { ok: true; result: z.infer<typeof chatSchema> } | { ok: false; fault: ApiFault }): Finding {
  const id = 'telegram-group';
  if (!group.ok) return wrong(id, 'doctor:telegram.groupMissing');
  return group.result.is_forum === true ? ok(id, 'doctor:telegram.groupFine') : warning(id, 'doctor:telegram.groupFlat');
}

function isRefused(fault: ApiFault): boolean {
  return fault.kind === 'said-no' && verdictOf(fault) === 'token-refused';
}
