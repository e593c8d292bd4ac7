import type { Session } from '#bot/vaccination/session-row.ts';
import { clockText, shortDay, weekdayName, type Say } from '#bot/vaccination/texts.ts';
import type { Place } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import type { CampaignKind } from './kinds.ts';

/** Announcements to begin with: the words of a kind with what is known already in it, the rest for staff to fill. */
export type Template = { kind: CampaignKind; title: string; text: string; villages: string[] };

/** A template without a session; `…` marks what staff fill in. */
export function templateOf(kind: CampaignKind, texts: Texts, place: Pick<Place, 'station'>): Template {
  const values = { station: place.station.name, phone: place.station.phone };
  return { kind, title: texts.say('vi', `console:campaign.template.${kind}.title`), text: kind === 'general' ? '' : texts.say('vi', `console:campaign.template.${kind}.text`, values), villages: [] };
}

/** The announcement of one session of the calendar, for its villages. */
export function sessionTemplate(session: Session, texts: Texts, place: Pick<Place, 'station' | 'villages'>): Template {
  const say: Say = (key, values) => texts.say('vi', `vaccination:${key}`, values);
  const villages = session.villages.map((id) => place.villages.find((village) => village.id === id)?.name ?? id);
  const lead = texts.say('vi', 'console:campaign.template.session.lead', { weekday: weekdayName(say, session.day), day: shortDay(session.day), from: clockText(session.fromMinute), to: clockText(session.toMinute), place: session.place });
  const lines = [
    lead.charAt(0).toUpperCase() + lead.slice(1),
    villages.length === 0 ? say('sessions.everybody') : say('sessions.villages', { villages: villages.join(', ') }),
    ...(session.who === '' ? [] : [say('sessions.who', { who: session.who })]),
    ...(session.vaccines.length === 0 ? [] : [say('sessions.vaccines', { vaccines: session.vaccines.map((vaccine) => vaccine.text).join(', ') })]),
    ...(session.bring.length === 0 ? [] : [say('sessions.bring', { bring: session.bring.join(', ') })]),
    ...(session.note === null ? [] : [session.note]),
    texts.say('vi', 'console:campaign.template.session.end', { phone: place.station.phone }),
  ];
  return { kind: 'vaccination', title: texts.say('vi', 'console:campaign.template.session.title', { day: shortDay(session.day), place: session.place }), text: lines.join('\n'), villages: session.villages };
}
