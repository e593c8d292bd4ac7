import type { Capabilities } from '#bot/channels/channel.ts';
import type { Purpose } from '#bot/conversation/turn.ts';
import type { MessageKind } from '#bot/store/tables/messages.ts';
import { addDays, clockOf, dayOf, epochOf } from '#knowledge/day.ts';
import { minutesOf, USUAL_DAY, type DayHours } from '#knowledge/place.ts';

/**
 * Whether a message may go out now: a pure function of what the channel can do, what kind of message it is, when the
 * person last acted, the hour in Vietnam, and whether they can and want to be reached.
 */
export type DeliveryCase = {
  capabilities: Pick<Capabilities, 'replyWindowHours'>;
  kind: MessageKind;
  nowMs: number;
  /** Null: the person has never acted, as far as we know. */
  lastInboundMs: number | null;
  person: 'active' | 'stopped' | 'gone' | 'leaving';
  consents: readonly Purpose[];
  expiresMs: number | null;
  /** The head excepted this announcement from the quiet hours. @defaultValue false */
  urgent?: boolean;
  /** It may go out of the station's paid messages while the platform still takes those. @defaultValue false */
  paid?: boolean;
  /** When the place lets go out what nobody asked for. @defaultValue USUAL_DAY */
  dayHours?: DayHours;
};

export type Delivery =
  | { do: 'send' }
  | { do: 'wait'; notBeforeMs: number; why: 'night' }
  /** The channel's window for free messages is closed; only a message of a form that the platform has approved may go. */
  | { do: 'template'; why: 'window-closed' }
  | { do: 'skip'; why: 'gone' | 'stopped' | 'no-consent' | 'expired' };

/** After the free window, a platform takes messages out of a paid quota for so long since the person last acted. */
export const PAID_WINDOW_HOURS = 7 * 24;

/** The longest window that any platform gives free of charge. */
const FREE_WINDOW_HOURS = 48;

/** Whether only urgent announcements go at this hour. */
export function isQuiet(nowMs: number, dayHours: DayHours): boolean {
  return nextMorning(nowMs, dayHours) !== null;
}

export function decideDelivery(it: DeliveryCase): Delivery {
  if (it.expiresMs !== null && it.nowMs >= it.expiresMs) return { do: 'skip', why: 'expired' };
  if (it.person === 'gone') return { do: 'skip', why: 'gone' };

  const consent = NEEDED_CONSENT[it.kind];
  if (consent !== null) {
    if (it.person !== 'active') return { do: 'skip', why: 'stopped' };
    if (!it.consents.includes(consent)) return { do: 'skip', why: 'no-consent' };
    const morningMs = it.urgent === true ? null : nextMorning(it.nowMs, it.dayHours ?? USUAL_DAY);
    if (morningMs !== null) {
      return it.expiresMs !== null && morningMs >= it.expiresMs ? { do: 'skip', why: 'expired' } : { do: 'wait', notBeforeMs: morningMs, why: 'night' };
    }
  }

  const windowHours = windowOf(it);
  const open = windowHours === null || (it.lastInboundMs !== null && it.nowMs - it.lastInboundMs < windowHours * 3_600_000);
  return open ? { do: 'send' } : { do: 'template', why: 'window-closed' };
}

/** A station may pay for late answers; what nobody asked for is paid for only where its plan says so. */
function windowOf({ capabilities: { replyWindowHours }, kind, paid }: DeliveryCase): number | null {
  if (replyWindowHours === null) return null;
  if (paid === true) return PAID_WINDOW_HOURS;
  return NEEDED_CONSENT[kind] === null ? replyWindowHours : Math.min(replyWindowHours, FREE_WINDOW_HOURS);
}

/** What must have been agreed to; null for what answers the person's own words. */
const NEEDED_CONSENT: Record<MessageKind, Purpose | null> = {
  emergency: null,
  reply: null,
  'staff-answer': null,
  reminder: 'reminders',
  announcement: 'announcements',
};

/** When the next day begins where it is night now; null by day. Hours are Vietnam's. */
export function nextMorning(nowMs: number, dayHours: DayHours): number | null {
  const { hour, minute } = clockOf(nowMs);
  const [now, from, to] = [hour * 60 + minute, minutesOf(dayHours.from), minutesOf(dayHours.to)];
  if (now >= from && now < to) return null;
  const today = dayOf(nowMs);
  return epochOf(now < from ? today : addDays(today, 1), 0, from);
}
