import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load as parseYaml } from 'js-yaml';
import { z } from 'zod';
import { clockOf, dayOf, isDay, weekdayOf } from './day.ts';
import { langSchema } from './lang.ts';
import { faultsOf, FOR_PEOPLE, fromFailure, ruleMessage, type FieldFault } from './wanted.ts';

/**
 * A place is one commune as data: everything that differs from commune to commune. The program never holds a name,
 * a number or an hour of its own; cards ask for them as `{{station.phone}}`.
 */

const phone = z.string().regex(/^\+?\d[\d ]{1,18}$/, { error: ruleMessage('phone') });
const clock = z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d$/, { error: ruleMessage('clock') });
const id = z.string().regex(/^[a-z0-9-]+$/, { error: ruleMessage('shortName') });

/** Where a place says nothing else. */
export const USUAL_TARGETS = { urgentMinutes: 5, inHoursMinutes: 120, nextMorning: '9:00' };

/** From when until when messages that nobody asked for go out, where a place says nothing else: people here rise early and sleep early. */
export const USUAL_DAY: DayHours = { from: '7:00', to: '21:00' };
/** No place may wake people before the first or keep them up after the last of these. */
const EARLIEST = { from: '5:00', to: '17:00' };
const LATEST = { from: '10:00', to: '22:00' };

/** A part of a day. */
export type DayHours = { from: string; to: string };

const hoursSchema = z.strictObject({
  /** 1 = Monday … 7 = Sunday. */
  weekdays: z.array(z.number().int().min(1).max(7)).min(1),
  from: clock,
  to: clock,
}).superRefine(({ from, to }, context) => {
  if (minutesOf(to) <= minutesOf(from)) context.addIssue({ code: 'custom', path: ['to'], message: ruleMessage('clockAfter'), params: { from } });
});

const dayHoursSchema = z.strictObject({ from: clock.default(USUAL_DAY.from), to: clock.default(USUAL_DAY.to) }).superRefine((day, context) => {
  for (const end of ['from', 'to'] as const) {
    const [earliest, latest] = [EARLIEST[end], LATEST[end]];
    if (minutesOf(day[end]) < minutesOf(earliest) || minutesOf(day[end]) > minutesOf(latest)) context.addIssue({ code: 'custom', path: [end], message: ruleMessage('clockBetween'), params: { earliest, latest } });
  }
});

const villageSchema = z.strictObject({
  id,
  name: z.string().min(2),
  /** Other ways people write the name. */
  aliases: z.array(z.string()).default([]),
  healthWorker: z.strictObject({ name: z.string().min(2), phone }).optional(),
  /** No longer offered to anybody; residents and sessions that refer to it keep its name. */
  retired: z.boolean().optional(),
});

/** What of an announcement and of the station may stand in a template message. `text`: the first line of the announcement. */
export const TEMPLATE_SOURCES = ['text', 'station', 'phone', 'commune', 'day'] as const;

const placeSchema = z.strictObject({
  /** True only for the sample that ships: `doctor` and the log say so, loudly. */
  sample: z.boolean().default(false),
  commune: z.string().min(3),
  province: z.string().min(3),
  station: z.strictObject({
    name: z.string().min(3),
    address: z.string().min(3),
    phone,
    mapUrl: z.url().optional(),
    hours: z.array(hoursSchema).min(1),
  }),
  /** The nearest emergency department; left out where nobody has confirmed it. */
  hospital: z.strictObject({ name: z.string().min(3), phone }).optional(),
  police: z.strictObject({ phone }),
  /** The four duty numbers by subject that a commune must have before going live. */
  duty: z.strictObject({ health: phone, social: phone, food: phone, order: phone }),
  villages: z.array(villageSchema).min(1).superRefine((villages, context) => {
    for (const [i, village] of villages.entries()) {
      const other = villages.findIndex((each) => each.id === village.id);
      if (other < i) context.addIssue({ code: 'custom', path: [i, 'id'], message: ruleMessage('ownId'), params: { id: village.id, other: villages[other]?.name ?? '' } });
    }
    if (villages.every((village) => village.retired)) context.addIssue({ code: 'custom', path: [], message: ruleMessage('oneVillage') });
  }),
  languages: z.array(langSchema).min(1).refine((langs) => langs.includes('vi'), { error: ruleMessage('withVietnamese') }),
  /** Whether Jrai and Bahnar texts that no speaker has checked are shown at all, beside the Vietnamese. */
  showDrafts: z.boolean().default(false),
  /** When staff answer questions that were passed on. */
  answerHours: z.array(hoursSchema).min(1),
  /** How soon staff answer: urgent ones, others within the answer hours, and otherwise at which hour of the next working morning. */
  targets: z.strictObject({
    urgentMinutes: z.number().int().min(1).max(60).default(USUAL_TARGETS.urgentMinutes),
    inHoursMinutes: z.number().int().min(5).max(24 * 60).default(USUAL_TARGETS.inHoursMinutes),
    nextMorning: clock.default(USUAL_TARGETS.nextMorning),
  }).prefault({}),
  /** When announcements and reminders may go out; outside of it only what answers a resident, and what the head excepted. */
  dayHours: dayHoursSchema.prefault({}),
  /** What the staff's Telegram group reads of a question: that there is one, or (of those that came by Telegram) the question itself. */
  staffGroup: z.enum(['notify', 'full']).default('notify'),
  /** What the station's Zalo account may do besides talking to those who wrote; left out where it may not. */
  zalo: z.strictObject({
    /** A template message that Zalo has approved. Its parameters, by name: what fills each, and how many letters Zalo takes there. */
    template: z.strictObject({
      id: z.string().min(1).max(20),
      parameters: z.record(z.string().min(1).max(50), z.strictObject({ from: z.enum(TEMPLATE_SOURCES), most: z.number().int().min(1).max(400) })),
    }).optional(),
  }).optional(),
  /** Vaccines that the province has introduced here, each switched on by a named person. */
  vaccines: z.array(z.strictObject({ id: z.string(), by: z.string().min(2), on: z.string().refine(isDay, { error: ruleMessage('day') }) })).default([]),
});

/** One commune, as `place.yaml` in its folder describes it. */
export type Place = z.infer<typeof placeSchema>;
export type Hours = z.infer<typeof hoursSchema>;
export type Targets = typeof USUAL_TARGETS;
export type Village = Place['villages'][number];

export type PlaceResult = { ok: true; place: Place } | { ok: false; file: string; faults: FieldFault[] };

/** Reads `place.yaml` in `dir`. What is wrong comes back as faults with field and expected form. */
export async function loadPlace(dir: string): Promise<PlaceResult> {
  const file = join(dir, 'place.yaml');
  let raw: unknown;
  try {
    raw = parseYaml((await readFile(file, 'utf8')).normalize('NFC'));
  } catch (error) {
    return { ok: false, file, faults: [{ field: 'file', expected: fromFailure(error) }] };
  }
  const read = readPlace(raw);
  return read.ok ? read : { ok: false, file, faults: read.faults };
}

/** A place as a file or a form gave it. */
export function readPlace(raw: unknown): { ok: true; place: Place } | { ok: false; faults: FieldFault[] } {
  const parsed = placeSchema.safeParse(raw, FOR_PEOPLE);
  return parsed.success ? { ok: true, place: parsed.data } : { ok: false, faults: faultsOf(parsed.error, 'file') };
}

/** The villages that people are offered; names of the others are only still understood. */
export function standingVillages<V extends { retired?: boolean | undefined }>({ villages }: { villages: readonly V[] }): V[] {
  return villages.filter((village) => village.retired !== true);
}

/** Everything a card may ask of the place. A card with any other `{{…}}` does not pass the check. */
const PLACEHOLDERS = [
  'commune', 'station.name', 'station.phone', 'station.address', 'station.hours',
  'duty.health', 'duty.social', 'duty.food', 'duty.order',
  'police.phone', 'hospital.name', 'hospital.phone', 'villageHealthWorkers', 'languages', 'answer.hours',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Words that turn hours and lists into a sentence; they live in `locales`. */
export type PlaceWords = {
  languageName: (lang: Place['languages'][number]) => string;
  /** Days of the week, 1 = Monday … 7 = Sunday, in order. */
  weekdays: (days: number[]) => string;
  hours: (days: string, from: string, to: string) => string;
  /** Said where the place has no such number. Never a blank, never another commune's. */
  askStation: (stationPhone: string) => string;
};

/** The place's values for every placeholder. */
export function placeFacts(place: Place, words: PlaceWords): Record<Placeholder, string> {
  const ask = words.askStation(place.station.phone);
  return {
    'commune': place.commune,
    'station.name': place.station.name,
    'station.phone': place.station.phone,
    'station.address': place.station.address,
    'station.hours': sayHours(place.station.hours, words),
    'duty.health': place.duty.health,
    'duty.social': place.duty.social,
    'duty.food': place.duty.food,
    'duty.order': place.duty.order,
    'police.phone': place.police.phone,
    'hospital.name': place.hospital?.name ?? ask,
    'hospital.phone': place.hospital?.phone ?? ask,
    'villageHealthWorkers': place.villages.flatMap((v) => v.healthWorker ? [`${v.name}: ${v.healthWorker.name}, ${v.healthWorker.phone}`] : []).join('; ') || ask,
    'languages': place.languages.map(words.languageName).join(', '),
    'answer.hours': sayHours(place.answerHours, words),
  };
}

/** The hospital's name with its number after it, as cards write it; and a line of a list that is only this. */
const HOSPITAL = /\{\{\s*hospital\.name\s*\}\}[^{}\n]{0,12}\{\{\s*hospital\.phone\s*\}\}/g;
const NO_HOSPITAL_LINE = /^- (?:[^{}\n]{1,20}: )?\{\{\s*hospital\.name\s*\}\}[^{}\n]{0,12}\{\{\s*hospital\.phone\s*\}\}[.]?\n/gm;

/**
 * Fills `{{name}}` in a card's text. A name that the place does not know stays as it is; the check finds it first. Where
 * nobody has confirmed a hospital, a line of a list that has nothing else goes, and elsewhere the word to ask the station
 * stands once, not for the name and again for the number.
 */
export function fillPlaceholders(text: string, facts: Record<Placeholder, string>): string {
  const known = facts['hospital.name'] === facts['hospital.phone'] ? text.replace(NO_HOSPITAL_LINE, '').replace(HOSPITAL, '{{hospital.phone}}') : text;
  return known.replace(/\{\{\s*([A-Za-z.]+)\s*\}\}/g, (whole, name: string) => (isPlaceholder(name) ? facts[name] : whole));
}

export function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}

/** Whether `atMs` lies within `hours`. */
export function isOpen(hours: Hours[], atMs: number): boolean {
  const weekday = weekdayOf(dayOf(atMs));
  const { hour, minute } = clockOf(atMs);
  const now = hour * 60 + minute;
  return hours.some((span) => span.weekdays.includes(weekday) && now >= minutesOf(span.from) && now < minutesOf(span.to));
}

/** Minutes since midnight of an hour like `7:30`. */
export function minutesOf(clockText: string): number {
  const [hour = '0', minute = '0'] = clockText.split(':');
  return Number(hour) * 60 + Number(minute);
}

function sayHours(hours: Hours[], words: PlaceWords): string {
  return hours.map((span) => words.hours(words.weekdays([...new Set(span.weekdays)].sort((a, b) => a - b)), span.from, span.to)).join('; ');
}
