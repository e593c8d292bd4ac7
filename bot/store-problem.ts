import type { StoreProblem } from '#bot/store/store.ts';
import type { Texts } from '#locales/texts.ts';

/** What keeps the store shut, as a sentence that tells the operator what to do. */
export function sayProblem(texts: Texts, problem: StoreProblem): string {
  switch (problem.kind) {
    case 'newer-database':
      return texts.say('vi', 'cli:start.storeNewer', { found: problem.found, known: problem.known });
    case 'master-key-missing':
      return texts.say('vi', 'cli:start.keyMissing', { path: problem.path });
    case 'master-key-readable-by-others':
      return texts.say('vi', 'cli:start.keyOpen', { path: problem.path, mode: problem.mode });
    case 'master-key-malformed':
      return texts.say('vi', 'cli:start.keyMalformed', { path: problem.path });
  }
}
