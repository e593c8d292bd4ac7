import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { meets, type Bench, type Figure } from './figure.ts';

/** Each is loaded when it runs: the figures of one must not carry the memory of another. */
const benches: Record<string, () => Promise<{ bench: Bench }>> = {
  startup: () => import('./startup.ts'),
  chat: () => import('./chat.ts'),
  vaccination: () => import('./vaccination.ts'),
  telegram: () => import('./telegram.ts'),
  'zalo-channel': () => import('./zalo-channel.ts'),
  console: () => import('./console.ts'),
  campaigns: () => import('./campaigns.ts'),
  languages: () => import('./languages-report.ts'),
  answers: () => import('./answers-report.ts'),
  search: () => import('./searchSpeed.ts'),
  zalo: () => import('./zalo.ts'),
};

const asked = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const unknown = asked.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(`${unknown.join(', ')}? ${Object.keys(benches).join(' ')}\n`);
  process.exit(2);
}

const results: Record<string, Figure[]> = {};
for (const [name, load] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { bench } = await load();
  process.stdout.write(`\n${name}\n`);
  const figures = await bench.run();
  results[name] = figures;
  for (const figure of figures) process.stdout.write(`${row(figure)}\n`);
}

mkdirSync(import.meta.dirname, { recursive: true });
writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify({ at: new Date().toISOString(), node: process.version, cores: cpus().length, results }, null, 2)}\n`);

function row(figure: Figure): string {
  const met = meets(figure);
  const goal = figure.goal === undefined ? '' : `${figure.goal.sign} ${readable(figure.goal.value)} ${met === true ? 'met' : 'MISSED'}`;
  const peer = figure.peer === undefined ? '' : `${figure.peer.name} ${readable(figure.peer.value)}`;
  return `  ${figure.what.padEnd(52)} ${`${readable(figure.value)} ${figure.unit}`.padStart(16)}   ${goal.padEnd(18)} ${peer}`;
}

function readable(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Math.round(value * 100) / 100);
}
