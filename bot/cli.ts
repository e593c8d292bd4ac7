import { readConfig } from './config.ts';
import { loadEnvFile, sayConfigFaults } from './settings-help.ts';
import { sayTrouble } from './verbs/trouble.ts';
import type { Verb } from './verbs/verb.ts';
import { createTexts } from '#locales/texts.ts';

/** One verb an intention. Each is loaded when it is asked for, so that `ask` does not wait for what it never uses. */
const verbs: Record<string, () => Promise<{ verb: Verb }>> = {
  ask: () => import('./verbs/ask.ts'),
  knowledge: () => import('./verbs/knowledge.ts'),
  store: () => import('./verbs/store.ts'),
  staff: () => import('./verbs/staff.ts'),
  sessions: () => import('./verbs/sessions.ts'),
  report: () => import('./verbs/report.ts'),
  campaign: () => import('./verbs/campaign.ts'),
  poster: () => import('./verbs/poster.ts'),
  place: () => import('./verbs/place.ts'),
  zalo: () => import('./verbs/zalo.ts'),
  languages: () => import('./verbs/languages.ts'),
  locales: () => import('./verbs/locales.ts'),
  doctor: () => import('./verbs/doctor.ts'),
};

// Whoever read the first lines and closed the pipe, as `head` does, has what they wanted; the verb goes on to its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const [name = 'help', ...args] = process.argv.slice(2);
const texts = await createTexts();
const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;

if (load === undefined) {
  const known = name === 'help' || name === '--help';
  const out = known ? process.stdout : process.stderr;
  if (!known) out.write(`${texts.say('vi', 'cli:verb.unknown', { verb: name.slice(0, 40) })}\n`);
  for (const verb of Object.keys(verbs)) {
    const { verb: found } = await (verbs[verb] ?? load ?? (() => Promise.reject(new Error(verb))))();
    out.write(`${found.usage(texts)}\n`);
  }
  process.exitCode = known ? 0 : 2;
} else {
  loadEnvFile();
  const config = readConfig(process.env);
  if (!config.ok) {
    await sayConfigFaults(config.faults);
    process.exitCode = 2;
  } else {
    const { verb } = await load();
    const context = { config: config.config, texts, out: process.stdout, err: process.stderr, input: process.stdin };
    process.exitCode = await verb.run(args, context).catch((error: unknown) => sayTrouble(error, context));
  }
}
