import type { ModelConfig } from './open.ts';

/** How the model behind a setting answered one small question. */
export type ModelCheck =
  | { state: 'off' }
  | { state: 'up'; model: string; tookMs: number }
  /** `why` is a short code of the client or the network, never what was sent. */
  | { state: 'down'; model: string; tookMs: number; why: string };

/** Longer than a resident would wait: a check wants to know how slow it is. */
const CHECK_MS = 15_000;

/** Asks the configured model one question that belongs to nobody. For `doctor`; never throws. */
export async function checkModel(config: ModelConfig): Promise<ModelCheck> {
  const model = config.llmModel;
  if (model === null) return { state: 'off' };
  let why: string | null = null;
  const beganMs = performance.now();
  const took = (): number => Math.round(performance.now() - beganMs);
  try {
    const { createSelector } = await import('./selector.ts');
    const selector = await createSelector({ model, apiKey: config.openaiApiKey, baseUrl: config.openaiBaseUrl, timeoutMs: CHECK_MS, onTrouble: (_, error) => { why ??= whyOf(error); } });
    await selector.choose(SAMPLE.question, SAMPLE.cards);
    return result(model, took(), why);
  } catch (error) {
    return { state: 'down', model, tookMs: took(), why: whyOf(error) };
  }
}

function result(model: string, tookMs: number, why: string | null): ModelCheck {
  return why === null ? { state: 'up', model, tookMs } : { state: 'down', model, tookMs, why };
}

const SAMPLE = { question: 'a', cards: [{ id: 'sample.a', question: 'a' }, { id: 'sample.b', question: 'b' }] };

/** A code that an operator can look up; an error's words may quote what was sent. */
export function whyOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('status' in error && typeof error.status === 'number') return `HTTP ${error.status}`;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('cause' in error && error.cause !== undefined) return whyOf(error.cause);
  return error instanceof Error ? error.name : 'unknown';
}
