import type { Hours, Place, Village } from '#knowledge/place.ts';
import { fold } from '#knowledge/text.ts';
import type { Section } from './lay.ts';

/**
 * The place as a form: fields carry the dotted names that the place's file and its faults have, so that a fault finds its
 * field, and what somebody typed is drawn again exactly as it came.
 */
export const PARTS = ['station', 'numbers', 'villages', 'answers', 'rules'] as const;
export type Part = (typeof PARTS)[number];

/** What a part of the form changes. */
export const PART_SECTIONS: Record<Part, readonly Section[]> = {
  station: ['commune', 'province', 'station'],
  numbers: ['hospital', 'police', 'duty'],
  villages: ['villages'],
  answers: ['answerHours', 'targets'],
  rules: ['dayHours', 'staffGroup', 'showDrafts'],
};

const LONGEST = 200;
/** More rows than anybody has villages. */
const MOST_ROWS = 120;
const FLAG = 'yes';

/** The fields as they stand for a place. */
export function fieldsOf(place: Place, part: Part): URLSearchParams {
  switch (part) {
    case 'station':
      return fields([['commune', place.commune], ['province', place.province], ['station.name', place.station.name], ['station.address', place.station.address], ['station.phone', place.station.phone], ['station.mapUrl', place.station.mapUrl ?? ''], ...hourFields('station.hours', place.station.hours)]);
    case 'numbers':
      return fields([['hospital.name', place.hospital?.name ?? ''], ['hospital.phone', place.hospital?.phone ?? ''], ['police.phone', place.police.phone], ...DUTY.map((line): Field => [`duty.${line}`, place.duty[line]])]);
    case 'villages':
      return fields(place.villages.flatMap((village, i): Field[] => [
        [`villages.${i}.id`, village.id], [`villages.${i}.name`, village.name], [`villages.${i}.aliases`, village.aliases.join(', ')],
        [`villages.${i}.healthWorker.name`, village.healthWorker?.name ?? ''], [`villages.${i}.healthWorker.phone`, village.healthWorker?.phone ?? ''],
        ...(village.retired === true ? [[`villages.${i}.retired`, FLAG] satisfies Field] : []),
      ]));
    case 'answers':
      return fields([...hourFields('answerHours', place.answerHours), ['targets.urgentMinutes', String(place.targets.urgentMinutes)], ['targets.inHoursMinutes', String(place.targets.inHoursMinutes)], ['targets.nextMorning', place.targets.nextMorning]]);
    case 'rules':
      return fields([['dayHours.from', place.dayHours.from], ['dayHours.to', place.dayHours.to], ['staffGroup', place.staffGroup], ...(place.showDrafts ? [['showDrafts', FLAG] satisfies Field] : [])]);
  }
}

/** What was typed, as a file would hold it; not checked. `fieldOf` finds the field on the page for the path of a fault. */
export type TypedPlace = { change: Partial<Record<Section, unknown>>; fieldOf: (path: string) => string };

/** `now` is what a village that is renamed was called, and which villages there are: none of them is ever lost. */
export function readPart(typed: URLSearchParams, part: Part, now: Place): TypedPlace {
  const of = (name: string): string => (typed.get(name) ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim().slice(0, LONGEST);
  const same = (path: string): string => path;
  switch (part) {
    case 'station': {
      const hours = readHours(typed, 'station.hours');
      return {
        change: { commune: of('commune'), province: of('province'), station: { name: of('station.name'), address: of('station.address'), phone: of('station.phone'), ...(of('station.mapUrl') === '' ? {} : { mapUrl: of('station.mapUrl') }), hours: hours.hours } },
        fieldOf: hours.fieldOf,
      };
    }
    case 'numbers': {
      const hospital = { name: of('hospital.name'), phone: of('hospital.phone') };
      return { change: { hospital: hospital.name === '' && hospital.phone === '' ? null : hospital, police: { phone: of('police.phone') }, duty: Object.fromEntries(DUTY.map((line) => [line, of(`duty.${line}`)])) }, fieldOf: same };
    }
    case 'villages':
      return readVillages(typed, now.villages, of);
    case 'answers': {
      const hours = readHours(typed, 'answerHours');
      return { change: { answerHours: hours.hours, targets: { urgentMinutes: numberIn(of('targets.urgentMinutes')), inHoursMinutes: numberIn(of('targets.inHoursMinutes')), nextMorning: of('targets.nextMorning') } }, fieldOf: hours.fieldOf };
    }
    case 'rules':
      return { change: { dayHours: { from: of('dayHours.from'), to: of('dayHours.to') }, staffGroup: of('staffGroup'), showDrafts: typed.get('showDrafts') === FLAG }, fieldOf: same };
  }
}

export const DUTY = ['health', 'social', 'food', 'order'] as const;

type Field = [name: string, value: string];

function fields(of: Field[]): URLSearchParams {
  return new URLSearchParams(of);
}

function hourFields(name: string, hours: readonly Hours[]): Field[] {
  return hours.flatMap((span, i): Field[] => [...span.weekdays.map((day): Field => [`${name}.${i}.weekdays`, String(day)]), [`${name}.${i}.from`, span.from], [`${name}.${i}.to`, span.to]]);
}

/** Numbers of the rows that stand in the form under this name, in order. */
export function rowsIn(typed: URLSearchParams, name: string): number[] {
  const found = [...typed.keys()].flatMap((key) => {
    const row = key.startsWith(`${name}.`) ? /^\d{1,3}/u.exec(key.slice(name.length + 1))?.[0] : undefined;
    return row === undefined ? [] : [Number(row)];
  });
  return [...new Set(found)].sort((a, b) => a - b).slice(0, MOST_ROWS);
}

/** Rows in which nothing is filled in are no spans; a fault of the third span may stand in the fourth row. */
function readHours(typed: URLSearchParams, name: string): { hours: unknown[]; fieldOf: (path: string) => string } {
  const filled = rowsIn(typed, name).map((row) => ({
    row,
    weekdays: typed.getAll(`${name}.${row}.weekdays`).map(numberIn),
    from: (typed.get(`${name}.${row}.from`) ?? '').trim(), to: (typed.get(`${name}.${row}.to`) ?? '').trim(),
  })).filter(({ weekdays, from, to }) => weekdays.length > 0 || from !== '' || to !== '');
  return { hours: filled.map(({ weekdays, from, to }) => ({ weekdays, from, to })), fieldOf: inRows(name, filled) };
}

function readVillages(typed: URLSearchParams, now: readonly Village[], of: (name: string) => string): TypedPlace {
  const filled = rowsIn(typed, 'villages').map((row) => {
    const at = `villages.${row}`;
    const former = now.find((village) => village.id === of(`${at}.id`));
    const name = of(`${at}.name`);
    const aliases = of(`${at}.aliases`).split(/[,;]/u).map((alias) => alias.trim()).filter((alias) => alias !== '');
    const worker = { name: of(`${at}.healthWorker.name`), phone: of(`${at}.healthWorker.phone`) };
    const known = former === undefined || former.name === name || aliases.includes(former.name) ? aliases : [...aliases, former.name];
    return {
      row, former, isEmpty: former === undefined && name === '' && aliases.length === 0 && worker.name === '' && worker.phone === '',
      village: { id: former?.id ?? '', name, aliases: known, ...(worker.name === '' && worker.phone === '' ? {} : { healthWorker: worker }), ...(typed.get(`${at}.retired`) === FLAG ? { retired: true } : {}) },
    };
  }).filter(({ isEmpty }) => !isEmpty);
  const ids = new Set(now.map(({ id }) => id));
  const villages: unknown[] = filled.map(({ former, village }) => {
    if (former !== undefined) return village;
    const id = newId(village.name, ids);
    ids.add(id);
    return { ...village, id };
  });
  const lost = now.filter((village) => !filled.some(({ former }) => former?.id === village.id));
  return { change: { villages: [...villages, ...lost] }, fieldOf: inRows('villages', filled) };
}

/** An id of its own for a new village; it stays when the village is renamed. */
function newId(name: string, taken: ReadonlySet<string>): string {
  const plain = fold(name).toLowerCase().replace(/[^a-z0-9]+/gu, '-').replace(/^-|-$/gu, '').slice(0, 40) || 'lang';
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? plain : `${plain}-${n}`;
    if (!taken.has(id)) return id;
  }
}

function inRows(name: string, rows: readonly { row: number }[]): (path: string) => string {
  return (path) => {
    const [, at = '', rest = ''] = new RegExp(`^${name}\\.(\\d+)(.*)$`, 'u').exec(path) ?? [];
    const row = at === '' ? undefined : rows[Number(at)]?.row;
    return row === undefined ? path : `${name}.${row}${rest}`;
  };
}

function numberIn(text: string): number | string {
  return /^\d{1,6}$/u.test(text) ? Number(text) : text;
}
