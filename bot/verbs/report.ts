import { parseArgs } from 'node:util';
import { staffChanges } from '#bot/conversation/live-knowledge.ts';
import { openKnowledge } from '#bot/conversation/open-knowledge.ts';
import { placeNow } from '#bot/place/live.ts';
import { makeReport } from '#bot/report/report.ts';
import { lastComplete, reportCsv, reportText, reportWords } from '#bot/report/say.ts';
import { addDays, dayOf, isDay, type Day } from '#knowledge/day.ts';
import { openForVerb, placeFiled } from './open-store.ts';
import type { Verb } from './verb.ts';

/** `report --day|--week [--of DAY] [--json|--csv|--text]`: the day or week that has just ended, or the one in which DAY lies. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:report.usage'),
  run: async (args, context) => {
    const options = readOptions(args);
    const { config, texts, out, err } = context;
    if (options === null) {
      err.write(`${texts.say('vi', 'cli:report.usage')}\n`);
      return 2;
    }
    const filed = await placeFiled(context);
    if (filed === null) return 1;
    return openForVerb(context, async (store) => {
      const place = await placeNow(store, filed);
      const nowMs = Date.now();
      const knowledge = await openKnowledge(config.place, nowMs, undefined, staffChanges(store));
      const titles = new Map(knowledge.base().filed.map(({ card }) => [card.id, card.question]));
      const report = await makeReport({ store, place, nearest: (question) => knowledge.nearest(question, 1)[0] ?? null, titleOf: (id) => titles.get(id) ?? id }, options.kind, options.of ?? lastComplete(options.kind, dayOf(nowMs), addDays), nowMs);
      const words = reportWords(texts, place);
      out.write(options.form === 'json' ? `${JSON.stringify(report)}\n` : options.form === 'csv' ? reportCsv(words, report) : `${reportText(words, report)}\n`);
      return 0;
    });
  },
};

function readOptions(args: string[]): { kind: 'day' | 'week'; of: Day | null; form: 'json' | 'csv' | 'text' } | null {
  try {
    const flag = { type: 'boolean' } as const;
    const { values } = parseArgs({ args, options: { day: flag, week: flag, json: flag, csv: flag, text: flag, of: { type: 'string' } } });
    const forms = (['json', 'csv', 'text'] as const).filter((form) => values[form] === true);
    if ((values.day === true) === (values.week === true) || forms.length > 1) return null;
    if (values.of !== undefined && !isDay(values.of)) return null;
    return { kind: values.day === true ? 'day' : 'week', of: values.of ?? null, form: forms[0] ?? 'text' };
  } catch {
    return null;
  }
}

