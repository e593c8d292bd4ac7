import type { Template } from '#bot/channels/channel.ts';
import { dayOf, readableDay } from '#knowledge/day.ts';
import type { TEMPLATE_SOURCES } from '#knowledge/place.ts';
import type { Content } from './content.ts';
import type { CampaignPorts } from './ports.ts';

/**
 * Whether an announcement can go as the template message that Zalo has approved for the station. The form is fixed and
 * its parameters are short, so the first line of the announcement has to say enough, and has to fit.
 */
export type TemplateFit =
  | { state: 'ready'; template: Template }
  | { state: 'not-configured' }
  /** The first line is longer than Zalo takes; nothing is ever cut. */
  | { state: 'too-long'; length: number; most: number };

export function templateOf(content: Content, { place, clock = Date.now }: Pick<CampaignPorts, 'place'> & { clock?: () => number }): TemplateFit {
  const form = place.zalo?.template;
  if (form === undefined) return { state: 'not-configured' };
  const values: Record<(typeof TEMPLATE_SOURCES)[number], string> = {
    text: firstLine(content.vi), station: place.station.name, phone: place.station.phone, commune: place.commune, day: readableDay(dayOf(clock())),
  };
  const filled = Object.entries(form.parameters).map(([name, { from, most }]) => ({ name, value: values[from], most }));
  const long = filled.find(({ value, most }) => value.length > most);
  if (long !== undefined) return { state: 'too-long', length: long.value.length, most: long.most };
  return { state: 'ready', template: { id: form.id, data: Object.fromEntries(filled.map(({ name, value }) => [name, value])) } };
}

function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').trim().normalize('NFC');
}
