import { sayFacts } from '#bot/conversation/assemble.ts';
import type { Hours, Place } from '#knowledge/place.ts';
import type { TextKey, Texts, Values } from '#locales/texts.ts';
import type { Part } from './form.ts';

/** A part of the place in words, as lines of a name and what stands there; and what a change changes. */

export type Line = { name: string; text: string };

type PlaceKey = TextKey extends infer K ? (K extends `console:${infer Rest}` ? Rest : never) : never;

export function sayPart(texts: Texts, place: Place, part: Part): Line[] {
  const say = (key: PlaceKey, values?: Values): string => texts.say('vi', `console:${key}`, values);
  const line = (name: string, text: string): Line => ({ name, text });
  switch (part) {
    case 'station':
      return [
        line(say('place.field.station.name'), place.station.name), line(say('place.field.commune'), place.commune), line(say('place.field.province'), place.province),
        line(say('place.field.station.address'), place.station.address), line(say('place.field.station.phone'), place.station.phone),
        ...(place.station.mapUrl === undefined ? [] : [line(say('place.field.station.mapUrl'), place.station.mapUrl)]),
        line(say('place.line.hours'), hoursText(texts, place, place.station.hours)),
      ];
    case 'numbers':
      return [
        line(say('place.line.hospital'), place.hospital === undefined ? say('place.none') : `${place.hospital.name}, ${place.hospital.phone}`),
        line(say('place.field.police.phone'), place.police.phone),
        line(say('place.field.duty.health'), place.duty.health), line(say('place.field.duty.social'), place.duty.social), line(say('place.field.duty.food'), place.duty.food), line(say('place.field.duty.order'), place.duty.order),
      ];
    case 'villages':
      return place.villages.map((village) => line(village.retired === true ? say('place.retiredName', { name: village.name }) : village.name, [
        village.healthWorker === undefined ? say('place.noWorker') : `${village.healthWorker.name}, ${village.healthWorker.phone}`,
        ...(village.aliases.length === 0 ? [] : [say('place.alsoCalled', { names: village.aliases.join(', ') })]),
      ].join('. ')));
    case 'answers':
      return [
        line(say('place.line.answerHours'), hoursText(texts, place, place.answerHours)),
        line(say('place.line.urgent'), say('place.minutes', { count: place.targets.urgentMinutes })),
        line(say('place.line.inHours'), say('place.minutes', { count: place.targets.inHoursMinutes })),
        line(say('place.line.nextMorning'), place.targets.nextMorning),
      ];
    case 'rules':
      return [
        line(say('place.line.dayHours'), say('place.fromTo', place.dayHours)),
        line(say('place.line.staffGroup'), say(`place.group.${place.staffGroup}`)),
        line(say('place.line.drafts'), say(place.showDrafts ? 'place.drafts.shown' : 'place.drafts.hidden')),
      ];
  }
}

export type Difference = { name: string; before: string | null; after: string | null };

/** The lines that are not the same; null: there was, or is, no such line. */
export function differences(before: readonly Line[], after: readonly Line[]): Difference[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const of = (lines: readonly Line[], name: string): string | null => lines.find((line) => line.name === name)?.text ?? null;
  return names.map((name) => ({ name, before: of(before, name), after: of(after, name) })).filter((each) => each.before !== each.after);
}

/** Hours as residents read them. */
function hoursText(texts: Texts, place: Place, hours: Hours[]): string {
  return sayFacts({ ...place, answerHours: hours }, texts)['answer.hours'];
}
