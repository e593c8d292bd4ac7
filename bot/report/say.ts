import { clockText } from '#bot/vaccination/texts.ts';
import { clockOf, dayOf, readableDay, type Day } from '#knowledge/day.ts';
import type { Place } from '#knowledge/place.ts';
import type { TextKey, Texts, Values } from '#locales/texts.ts';
import { LEAST, type Report, type Share } from './report.ts';

/** The report in words: names of topics and villages, as lines to paste, and as a table for a spreadsheet. */

type Leaf<K> = K extends `console:${infer Rest}` ? Rest : never;
export type ReportSay = (key: Leaf<TextKey>, values?: Values) => string;
export type ReportWords = { say: ReportSay; place: Pick<Place, 'station' | 'villages'> };

export function reportWords(texts: Pick<Texts, 'say'>, place: Pick<Place, 'station' | 'villages'>): ReportWords {
  return { place, say: (key, values) => texts.say('vi', `console:${key}`, values) };
}

const TOPICS = ['5k', 'bot', 'contact', 'covid', 'disease', 'epi', 'report', 'rule', 'rumour', 'station', 'support', 'vaccine'] as const;
const OTHER_TOPICS = ['session', 'child-schedule', 'escalate', 'human'] as const;
const SIGNS = ['fever-rash', 'bite', 'no-rice', 'repeated'] as const;

export function topicName({ say }: ReportWords, { name }: Share): string {
  if (name === null) return say('report.other');
  const topic = TOPICS.find((known) => known === name);
  if (topic !== undefined) return say(`base.topic.${topic}`);
  const other = OTHER_TOPICS.find((known) => known === name);
  return other === undefined ? name : say(`report.topic.${other}`);
}

export function villageName({ say, place }: ReportWords, { name }: Share): string {
  if (name === null) return say('report.other');
  return name === '' ? say('report.noVillage') : place.villages.find((village) => village.id === name)?.name ?? name;
}

function signName({ say }: ReportWords, sign: string): string {
  const known = SIGNS.find((each) => each === sign);
  return known === undefined ? sign : say(`rise.sign.${known}`);
}

/** In what may be printed and passed on, fewer than five people are not counted out. */
export function riseLine(words: ReportWords, rise: Report['rises'][number], reader: 'head' | 'anybody' = 'anybody'): string {
  const where = rise.sign === 'repeated' ? words.say('rise.many') : rise.village === '' ? words.say('rise.somewhere') : villageName(words, { name: rise.village, count: 0 });
  return words.say('rise.line', { sign: signName(words, rise.sign), village: where, people: rise.people < LEAST && reader === 'anybody' ? words.say('report.few') : rise.people });
}

export function reportTitle({ say }: ReportWords, report: Report): string {
  return report.kind === 'day' ? say('report.ofDay', { day: readableDay(report.from) }) : say('report.ofWeek', { from: readableDay(report.from), to: readableDay(report.to) });
}

/** The figures that stand on top, each with its words. */
export function figures({ say }: ReportWords, report: Report): { count: string; words: string; late?: string }[] {
  return [
    { count: number(report.conversations), words: say('report.conversations') },
    { count: number(report.questions), words: say('report.questions') },
    { count: number(report.answeredAtOnce), words: say('report.atOnce') },
    { count: number(report.passedOn), words: say('report.passedOn', { answered: number(report.answeredByStaff) }), ...(report.late === 0 ? {} : { late: say('report.late', { count: number(report.late) }) }) },
    { count: number(report.danger), words: say('report.danger') },
    { count: report.sensitive === null ? say('report.few') : number(report.sensitive), words: say('report.sensitive') },
    { count: number(report.waiting), words: say('report.waiting') },
  ];
}

/** Plain lines, as they are pasted into Zalo. */
export function reportText(words: ReportWords, report: Report): string {
  const { say, place } = words;
  const list = (title: string, shares: readonly Share[], nameOf: (share: Share) => string): string[] => (shares.length === 0 ? [] : ['', title, ...shares.map((share) => `- ${nameOf(share)}: ${number(share.count)}`)]);
  return [
    place.station.name, reportTitle(words, report), '',
    ...figures(words, report).map(({ count, words: what, late }) => `- ${count} ${what}${late === undefined ? '' : `, ${late}`}`),
    ...(report.rises.length === 0 ? [] : ['', say('rise.title'), ...report.rises.map((rise) => `- ${riseLine(words, rise)}`)]),
    ...list(say('report.topics'), report.topics, (share) => topicName(words, share)),
    ...list(say('report.villages'), report.villages, (share) => villageName(words, share)),
    ...list(say('report.lacks'), report.lacks, ({ name }) => name ?? ''),
    ...(report.rumours.asked === 0 ? [] : ['', say('report.rumours', { asked: number(report.rumours.asked), answered: number(report.rumours.answered) })]),
    ...(report.announcements.length === 0 ? [] : ['', say('report.announcements'), ...report.announcements.map((each) => `- ${say('report.announcement', { title: each.title, audience: number(each.audience), delivered: number(each.delivered), missed: number(each.notReached) })}`)]),
    '', say('report.nobody'),
  ].join('\n');
}

/** One line a figure: part, name, count. For a spreadsheet; begins with the mark that tells it the letters are UTF-8. */
export function reportCsv(words: ReportWords, report: Report): string {
  const { say } = words;
  const lines: (string | number)[][] = [
    [say('report.csv.part'), say('report.csv.name'), say('report.csv.count')],
    ...figures(words, report).map(({ count, words: what }) => [say('report.csv.sum'), what, count]),
    ...report.days.map((day) => [say('report.days'), readableDay(day.day), day.atOnce + day.askedBack + day.staff]),
    ...report.topics.map((share) => [say('report.topics'), topicName(words, share), share.count]),
    ...report.villages.map((share) => [say('report.villages'), villageName(words, share), share.count]),
    ...report.lacks.map(({ name, count }) => [say('report.lacks'), name ?? '', count]),
    ...report.rises.map((rise) => [say('rise.title'), riseLine(words, rise), rise.people < LEAST ? say('report.few') : rise.people]),
    ...report.announcements.flatMap((each) => [[say('report.announcements'), `${each.title}: ${say('report.csv.audience')}`, each.audience], [say('report.announcements'), `${each.title}: ${say('report.csv.delivered')}`, each.delivered]]),
  ];
  return `\uFEFF${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}

export function madeAt({ say }: ReportWords, report: Report): string {
  const { hour, minute } = clockOf(report.madeMs);
  return say('report.made', { time: clockText(hour * 60 + minute), day: readableDay(dayOf(report.madeMs)) });
}

/** `1.284`, as numbers are written here. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/gu, '.');
}

function cell(value: string | number): string {
  const plain = String(value);
  // A cell that begins like a formula would be one.
  const safe = /^[=+\-@\t\r]/u.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Which day a report is of when nobody says: yesterday's, or last week's, since they are complete. */
export function lastComplete(kind: 'day' | 'week', today: Day, addDays: (day: Day, days: number) => Day): Day {
  return addDays(today, kind === 'day' ? -1 : -7);
}
