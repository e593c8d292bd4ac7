import { SECRET_SETTINGS, type Config } from '#bot/config.ts';
import { staffChanges } from '#bot/conversation/live-knowledge.ts';
import type { StaffChanges } from '#bot/conversation/open-knowledge.ts';
import { layEdits } from '#bot/place/lay.ts';
import { standingEdits, type PlaceEdit } from '#bot/store/place-edits.ts';
import { openStore } from '#bot/store/store.ts';
import { loadPlace } from '#knowledge/place.ts';
import type { Texts } from '#locales/texts.ts';
import { wrong, type Finding } from './finding.ts';
import { examineKnowledge } from './knowledge.ts';
import { examineMachine } from './machine.ts';
import { examineNetwork } from './network.ts';
import { examineDuty, examinePlace } from './place.ts';
import { examineStore, storeIsNew, storeIsShut } from './store.ts';
import { examineTelegram } from './telegram.ts';
import { examineZalo, noTokens, zaloSecrets } from './zalo.ts';
import { examineZaloBot } from './zalo-bot.ts';

export type Examination = {
  config: Config;
  texts: Texts;
  /** @defaultValue Date.now */
  clock?: () => number;
  /** The longest that anything outside this machine is waited for. @defaultValue 5000 */
  patienceMs?: number;
};

/** What every part of the examination is given. */
export type Examined = { config: Config; clock: () => number; patienceMs: number };

/**
 * Looks at everything that a station must have in order. Nothing is changed but a note that proves the store writable
 * and, where it is due, the account's own token. What is outside this machine is asked all at once and never waited for
 * long, so that a station without a network has its answer in seconds.
 */
export async function examine({ config, texts, clock = Date.now, patienceMs = 5000 }: Examination): Promise<Finding[]> {
  const it: Examined = { config, clock, patienceMs };
  // Asked all at once: each has its own patience.
  const [place, machine, network, telegram, zaloBot, stored] = await Promise.all([
    loadPlace(config.place), examineMachine(it), examineNetwork(it), examineTelegram(it), examineZaloBot(it), throughStore(it, texts),
  ]);
  const about = place.ok
    ? [...examinePlace(layEdits(place.place, stored.edits).place), ...await examineKnowledge(place.place, config.place, texts, clock(), stored.changes)]
    : [wrong('place', 'cli:place.missing', { dir: config.place })];
  return [...about, ...stored.findings, ...machine, ...network, ...telegram, ...zaloSecrets(config), ...zaloBot];
}

/** What is asked of the store, or over it; and what staff changed of cards and place, which only it knows. */
async function throughStore(it: Examined, texts: Texts): Promise<{ findings: Finding[]; changes: StaffChanges; edits: PlaceEdit[] }> {
  const { config, clock } = it;
  const none = { changes: { revisions: [], outside: [] }, edits: [] };
  if (storeIsNew(config)) return { ...none, findings: [...await examineStore(it, null), ...(config.zaloAppId === null ? [] : [noTokens(config)])] };
  const opened = await openStore({
    dataDir: config.dataDir, clock, patienceMs: it.patienceMs,
    ...(config.databaseUrl === null ? {} : { databaseUrl: config.databaseUrl }),
  }).catch(() => null);
  if (opened === null || !opened.ok) return { ...none, findings: storeIsShut(opened === null ? null : opened.problem, texts) };
  const { store } = opened;
  try {
    return {
      changes: await staffChanges(store)(),
      edits: await store.read(standingEdits),
      findings: [...await examineStore(it, store), ...await store.read((tx) => examineDuty(tx, clock())), ...await examineZalo(it, store)],
    };
  } finally {
    await store.close();
  }
}

/**
 * `text` without any secret of the settings. The findings hold none by their making; this is for the day on which
 * something outside repeats one back at us.
 */
export function withoutSecrets(text: string, config: Config): string {
  return SECRET_SETTINGS.map((key) => config[key]).reduce((clean: string, secret) => (
    typeof secret === 'string' && secret.length >= 6 ? clean.replaceAll(secret, '***') : clean
  ), text);
}
