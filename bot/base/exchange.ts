import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cardFolders, KNOWLEDGE_DIR } from '#bot/conversation/assemble.ts';
import { addOutside, liveRevisions, outsideQuestions, publish } from '#bot/store/revisions.ts';
import type { Store } from '#bot/store/store.ts';
import { checkOne, readCheckLists } from '#knowledge/check.ts';
import { formatCard } from '#knowledge/card-file.ts';
import type { Day } from '#knowledge/day.ts';
import { rows } from '#knowledge/lexicon.ts';
import { loadCards, type Fault } from '#knowledge/load.ts';
import { cardPrint, layRevisions } from '#knowledge/revisions.ts';
import { loadUnderstanding } from '#knowledge/understanding.ts';

/** What staff changed in the console, out into files and in again. */

const OUTSIDE_FILE = 'not-covered.tsv';

export type Exported = { files: string[]; questions: number };

/**
 * Writes every card that staff have changed to its file: back to where it came from, a new one into the place's own
 * folder; or all of them below `to`, which is there afterwards in any case. The store stays as it is: a revision that says what the file says disturbs nobody.
 */
export async function exportBase(store: Store, options: { placeDir: string; today: Day; to?: string }): Promise<Exported> {
  const { placeDir, to } = options;
  const [files, { revisions, outside }] = await Promise.all([loadCards(cardFolders(placeDir), options.today), read(store)]);
  const base = layRevisions(files, revisions, options.today);
  const written: string[] = [];
  if (to !== undefined) await mkdir(to, { recursive: true });
  for (const { card, file } of base.filed) {
    if (!base.revised.has(card.id)) continue;
    const home = [...cardFolders(placeDir)].reverse().find((folder) => existsSync(join(folder, file))) ?? join(placeDir, 'cards');
    const path = to === undefined ? join(home, file) : join(to, card.topic, `${card.id}.md`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, formatCard(card));
    written.push(path);
  }
  const list = to === undefined ? join(KNOWLEDGE_DIR, 'lexicon', OUTSIDE_FILE) : join(to, OUTSIDE_FILE);
  const known = new Set(rows(await readFile(list, 'utf8').catch(() => '')).map((row) => row.join('\t')));
  const fresh = outside.map(({ theme, question }) => `${theme}\t${question}`).filter((line) => !known.has(line));
  if (fresh.length > 0) {
    await mkdir(dirname(list), { recursive: true });
    await appendFile(list, fresh.map((line) => `${line}\n`).join(''));
  }
  return { files: written, questions: fresh.length };
}

export type Imported = { published: string[]; unchanged: string[]; refused: Fault[]; questions: number };

/** Publishes the cards below `from` that say something else than what is told now. One that breaks a rule is left out and named. */
export async function importBase(store: Store, options: { placeDir: string; today: Day; from: string }): Promise<Imported> {
  const { today } = options;
  const [files, { revisions, outside }, coming, understanding, lists] = await Promise.all([
    loadCards(cardFolders(options.placeDir), today), read(store), loadCards(options.from, today), loadUnderstanding(KNOWLEDGE_DIR), readCheckLists(KNOWLEDGE_DIR),
  ]);
  const base = layRevisions(files, revisions, today);
  const told = new Map(base.filed.map(({ card }) => [card.id, card]));
  const result: Imported = { published: [], unchanged: [], refused: coming.faults.filter(({ severity }) => severity === 'error'), questions: 0 };
  for (const filed of coming.filed) {
    const { card } = filed;
    const now = told.get(card.id);
    if (now !== undefined && cardPrint(now) === cardPrint(card)) {
      result.unchanged.push(card.id);
      continue;
    }
    const others = base.filed.filter((each) => !coming.filed.some((other) => other.card.id === each.card.id)).concat(coming.filed);
    const errors = checkOne(filed, others, { today, understanding, ...lists }).filter(({ severity }) => severity === 'error');
    result.refused.push(...errors);
    if (errors.length > 0) continue;
    const under = base.fromFiles.get(card.id);
    await store.write((tx) => publish(tx, { cardId: card.id, text: formatCard(card), of: under === undefined ? null : cardPrint(under.card), accountId: null }));
    result.published.push(card.id);
  }
  const known = new Set([...understanding.notCovered.map((row) => row.join('\t')), ...outside.map(({ theme, question }) => `${theme}\t${question}`)]);
  for (const [theme, question] of rows(await readFile(join(options.from, OUTSIDE_FILE), 'utf8').catch(() => ''))) {
    if (known.has(`${theme}\t${question}`) || question === '') continue;
    await store.write((tx) => addOutside(tx, { theme, question, state: 'published', accountId: null, ticketId: null }));
    result.questions += 1;
  }
  return result;
}

function read(store: Store) {
  return store.read(async (tx) => ({ revisions: await liveRevisions(tx), outside: (await outsideQuestions(tx)).filter(({ state }) => state === 'published') }));
}
