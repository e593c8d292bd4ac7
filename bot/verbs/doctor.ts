import { examine, withoutSecrets } from '#bot/doctor/doctor.ts';
import type { Verb } from './verb.ts';

/**
 * `doctor [--json]`: looks at what the station must have in order and says what to do, one line a finding. Fails when
 * something is wrong; what is only to be looked at does not fail it.
 */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'doctor:usage'),
  run: async (args, { config, texts, out, err }) => {
    if (args.some((arg) => arg !== '--json')) {
      err.write(`${texts.say('vi', 'doctor:usage')}\n`);
      return 2;
    }
    const findings = (await examine({ config, texts })).map(({ id, level, key, values }) => ({ id, level, fine: level === 'ok', say: withoutSecrets(texts.say('vi', key, values), config) }));
    if (args.includes('--json')) {
      out.write(`${JSON.stringify(findings)}\n`);
    } else {
      for (const { level, say } of findings) out.write(`${texts.say('vi', `doctor:level.${level}`)}: ${say}\n`);
      const count = (level: string): number => findings.filter((finding) => finding.level === level).length;
      out.write(`${texts.say('vi', 'doctor:summary', { ok: count('ok'), warning: count('warning'), wrong: count('wrong') })}\n`);
    }
    return findings.some(({ level }) => level === 'wrong') ? 1 : 0;
  },
};
