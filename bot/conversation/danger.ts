import type { Judgement } from '#knowledge/judgement.ts';
import type { ConverseDeps } from './knowledge.ts';
import type { Effect, Reply, ResidentView, Turn } from './turn.ts';

type Danger = Extract<Judgement, { outcome: 'emergency' }>;

/**
 * The fixed text of a danger sign, and the urgent ticket. Until a health worker signs more it says only what anybody
 * may say: call (115, the station, the nearest hospital where the place names one), stay, ask those near for help.
 * No medicine, no first aid, nothing after it.
 */
export function dangerTurn(deps: ConverseDeps, resident: ResidentView, judgement: Danger, text: string, nowMs: number): Turn {
  const sensitive = judgement.danger === 'suicide' || judgement.danger === 'violence';
  const ticket: Effect = {
    kind: 'ticket',
    ticket: { kind: sensitive ? 'sensitive' : 'danger', domain: 'health', priority: 'urgent', question: text, offered: [], reasons: judgement.reasons, dueMs: nowMs + deps.place.targets.urgentMinutes * 60_000 },
  };
  return { replies: [dangerReply(deps, resident, judgement.danger), ...unheard(deps)], effects: [ticket, { kind: 'context', context: null }], judgement };
}

/** Where nobody of the station would notice: said in words of its own, so that the fixed text stays the one that was recorded. */
function unheard(deps: ConverseDeps): Reply[] {
  if (deps.someoneHears?.() !== false) return [];
  const text = deps.texts.say('vi', 'chat:emergency.nobody', { phone: deps.place.station.phone });
  return [{ text, lang: 'vi', cardId: null, buttons: [], layout: { form: 'plain' }, priority: 'emergency' }];
}

/** The fixed text of one danger in Vietnamese: what a recording of it reads. */
export function dangerText(deps: ConverseDeps, danger: Danger['danger']): string {
  return dangerReply(deps, { lang: 'vi' }, danger).text;
}

function dangerReply(deps: ConverseDeps, resident: Pick<ResidentView, 'lang'>, danger: Danger['danger']): Reply {
  const phone = deps.place.station.phone;
  const say = (key: Parameters<ConverseDeps['texts']['say']>[1], values = {}) => deps.texts.say('vi', key, values);
  const ambulance = { label: say('chat:emergency.ambulance'), number: '115' };
  const station = { label: say('chat:emergency.station', { phone }), number: phone };
  const hospital = deps.place.hospital;
  const nearest = hospital === undefined ? [] : [{ label: say('chat:emergency.hospital', hospital), number: hospital.phone }];
  const police = { label: say('chat:sensitive.suicide.police'), number: '113' };
  const child = { label: say('chat:sensitive.suicide.child'), number: '111' };

  switch (danger) {
    case 'medical':
    case 'poisoning':
      return emergency(deps, resident, say('chat:emergency.lead'), [say('chat:emergency.stay'), say('chat:emergency.neighbours'), say('chat:emergency.told')], [ambulance, station, ...nearest]);
    case 'suicide':
      return emergency(
        deps, resident,
        say('chat:sensitive.suicide.lead'),
        [say('chat:sensitive.suicide.trusted'), say('chat:sensitive.suicide.helper'), say('chat:sensitive.suicide.machine')],
        [ambulance, station, child],
      );
    case 'violence':
      return emergency(
        deps, resident,
        say('chat:sensitive.violence.lead'),
        [say('chat:sensitive.violence.fault'), say('chat:sensitive.violence.care'), say('chat:sensitive.violence.erase')],
        [police, station, ambulance, child],
      );
  }
}

/**
 * Vietnamese whatever the resident speaks, because a wrong word here does harm; who chose another language sees the
 * signs and the number first, and the lead in it once a speaker has approved it.
 */
function emergency(deps: ConverseDeps, resident: Pick<ResidentView, 'lang'>, vietnamese: string, steps: string[], calls: { label: string; number: string }[]): Reply {
  const { lang } = resident;
  const isApproved = lang !== 'vi' && deps.texts.langOf(lang, 'chat:emergency.lead') === lang;
  const lead = lang === 'vi' ? vietnamese : [deps.texts.say('vi', 'chat:emergency.sign'), vietnamese, ...(isApproved ? [deps.texts.say(lang, 'chat:emergency.lead')] : [])].join('\n');
  return {
    text: [lead, ...calls.map((call) => (call.label.includes(call.number) ? call.label : `${call.label}: ${call.number}`)), ...steps].join('\n'),
    lang: 'vi',
    cardId: null,
    buttons: [],
    layout: { form: 'emergency', lead, steps, calls },
    priority: 'emergency',
  };
}
