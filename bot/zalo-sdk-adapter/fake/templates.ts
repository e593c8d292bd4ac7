import { isJson, stringOf } from './messages.ts';
import { bodyOf } from './oa.ts';
import type { Asked } from './wire.ts';
import { isNight, newMessageId, no, yes, type FakeSent, type FakeTemplate, type World } from './world.ts';

/** Template messages by user id and by phone; undefined for other calls. */
export function answerTemplates(world: World, asked: Asked, record: (sent: FakeSent) => void): unknown {
  switch (`${asked.method} ${asked.path}`) {
    case 'POST /v3.0/oa/message/template':
      return byUser(world, asked, record);
    case 'POST /message/template':
      return byPhone(world, asked, record);
    case 'GET /template/all':
      return yes([...world.templates.values()].map(described));
    case 'GET /template/info/v2': {
      const template = world.templates.get(asked.query.get('template_id') ?? '');
      return template === undefined ? no(-109, 'template_id is invalid') : yes(described(template));
    }
    case 'GET /message/quota':
      return yes({ dailyQuota: '500', remainingQuota: String(world.account.templateQuota) });
    default:
      return undefined;
  }
}

function byUser(world: World, asked: Asked, record: (sent: FakeSent) => void): unknown {
  const { account, clock } = world;
  const body = bodyOf(asked);
  const { user_id: to, template_data: data } = body;
  if (typeof to !== 'string' || to === '') return no(-201, 'user_id is invalid');
  const template = world.templates.get(stringOf(body['template_id']));
  if (template === undefined) return no(-201, 'template_id is invalid');
  const missing = missingKey(template, data);
  if (missing !== null) return no(-201, `template_data.${missing} is invalid`);
  if (!account.verified) return no(-221, 'OA has not been verified');
  if (template.status !== 'ENABLE') return no(-249, 'the template cannot be sent');
  if (!account.money) return no(-321, 'the ZCA has not enough balance');
  if (template.tag === 3 && isNight(clock.now())) return no(-234, 'this type of message is not allowed from 22:00 to 06:00');
  const person = world.people.get(to);
  if (person === undefined) return no(-201, 'user_id is invalid');
  if (person.blocks) return no(-244, 'User has restricted this type of message');
  if (person.away) return no(-227, 'User is banned or has been inactive for more than 45 days');
  const sent: FakeSent = { kind: 'template', to, text: null, message: body, message_id: newMessageId(), atMs: clock.now() };
  record(sent);
  return yes({ message_id: sent.message_id, user_id: to, sent_time: String(clock.now()), quota: { quota_type: 'purchase_quota', remain: 100 } });
}

function byPhone(world: World, asked: Asked, record: (sent: FakeSent) => void): unknown {
  const { account, clock } = world;
  const body = bodyOf(asked);
  const phone = stringOf(body['phone']);
  if (!/^84\d{8,10}$/.test(phone)) return no(-108, 'Phone number is invalid');
  const template = world.templates.get(stringOf(body['template_id']));
  if (template === undefined) return no(-109, 'Template ID is invalid');
  const missing = missingKey(template, body['template_data']);
  if (missing !== null) return no(-1122, `template data missing param ${missing}`);
  const tracking = stringOf(body['tracking_id']);
  if (tracking.length > 48) return no(-1124, 'tracking_id is too long');
  if (template.status === 'DISABLE') return no(-146, 'Template has been disabled');
  if (template.status !== 'ENABLE') return no(-131, 'Template is not approved');
  if (!account.money) return no(-115, 'Out of balance');
  if (template.tag === 3 && isNight(clock.now())) return no(-133, 'not allowed to be sent at night');
  if (account.templateQuota <= 0) return no(-144, 'Daily quota is reached');
  account.templateQuota -= 1;
  const sent: FakeSent = { kind: 'template_phone', to: phone, text: null, message: body, message_id: newMessageId(), atMs: clock.now() };
  record(sent);
  return yes({ msg_id: sent.message_id, sent_time: String(clock.now()), quota: { dailyQuota: '500', remainingQuota: String(account.templateQuota) } });
}

function missingKey(template: FakeTemplate, data: unknown): string | null {
  const given = isJson(data) ? data : {};
  return template.keys.find((key) => given[key] === undefined || given[key] === '') ?? null;
}

function described(template: FakeTemplate) {
  const tags = { 1: 'TRANSACTION', 2: 'CUSTOMER_CARE', 3: 'PROMOTION' };
  return { templateId: Number(template.id), templateName: `mẫu ${template.id}`, status: template.status, templateTag: tags[template.tag], listParams: template.keys.map((name) => ({ name, require: true })) };
}
