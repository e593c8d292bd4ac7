import { dayOf } from '#knowledge/day.ts';
import { loadCards } from '#knowledge/load.ts';
import { loadPlace } from '#knowledge/place.ts';
import type { TextKey, Values } from '#locales/texts.ts';
import { cardFolders } from '#bot/conversation/assemble.ts';
import type { Verb } from './verb.ts';

/** One thing looked at: fine, or with what to do about it. */
type Finding = { id: string; fine: boolean; key: TextKey; values: Values };

/** `doctor`: looks at what the station must have in order and says what to do, one line a finding. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:doctor.usage'),
  run: async (args, { config, texts, out, err }) => {
    const json = args.includes('--json');
    if (args.some((arg) => arg !== '--json')) {
      err.write(`${texts.say('vi', 'cli:doctor.usage')}\n`);
      return 2;
    }
    const findings = await examine(config.place, Date.now());
    if (json) {
      out.write(`${JSON.stringify(findings.map(({ id, fine, key, values }) => ({ id, fine, say: texts.say('vi', key, values) })))}\n`);
    } else {
      for (const { fine, key, values } of findings) out.write(`${texts.say('vi', fine ? 'cli:doctor.ok' : 'cli:doctor.todo')}: ${texts.say('vi', key, values)}\n`);
    }
    return findings.every((finding) => finding.fine) ? 0 : 1;
  },
};

async function examine(placeDir: string, nowMs: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  const place = await loadPlace(placeDir);
  if (!place.ok) {
    return [{ id: 'place', fine: false, key: 'cli:place.missing', values: { dir: placeDir } }];
  }
  findings.push({ id: 'place', fine: !place.place.sample, key: place.place.sample ? 'cli:doctor.sample' : 'cli:doctor.ownPlace', values: { station: place.place.station.name } });

  const base = await loadCards(cardFolders(placeDir), dayOf(nowMs));
  const broken = new Set(base.faults.filter((fault) => fault.severity === 'error').map((fault) => fault.file)).size;
  findings.push({ id: 'cards', fine: broken === 0, key: broken === 0 ? 'cli:doctor.cards' : 'cli:doctor.brokenCards', values: { count: broken === 0 ? base.cards.length : broken } });
  const clinical = base.cards.filter((card) => card.clinical !== null && card.review.status !== 'signed').length;
  findings.push({ id: 'unsigned', fine: clinical === 0, key: clinical === 0 ? 'cli:doctor.signed' : 'cli:doctor.unsigned', values: { count: clinical } });
  findings.push({ id: 'expired', fine: base.expired.length === 0, key: base.expired.length === 0 ? 'cli:doctor.fresh' : 'cli:doctor.expired', values: { count: base.expired.length, ids: base.expired.join(', ') } });
  return findings;
}
