import type { Config } from '#bot/config.ts';
import { createMemoryCache, createRedisCache, type ChoiceCache } from './choice-cache.ts';
import type { Drafter, DraftResult } from './drafter.ts';
import type { ChoiceResult, Selector } from './selector.ts';
import type { Transcriber, TranscriptionResult } from './transcriber.ts';

/** The optional model of a station as its settings ask for it. Nothing is loaded before it is needed. */
export type Model = {
  /** Null where no model is configured, or it could not be loaded. Never throws. */
  selector: () => Promise<Selector | null>;
  /** Null where no transcription is configured. Never throws. */
  transcriber: () => Promise<Transcriber | null>;
  /** Null where no model is configured, or it could not be loaded. Never throws. */
  drafter: () => Promise<Drafter | null>;
  close: () => Promise<void>;
};

export type ModelConfig = Pick<Config, 'llmModel' | 'openaiApiKey' | 'openaiBaseUrl' | 'transcribeModel' | 'transcribeBaseUrl' | 'redisUrl'>;

export type ModelOptions = {
  /** How long a choice may take. @defaultValue the selector's own */
  patienceMs?: number;
  /** Hears of trouble, in words without data. */
  onTrouble?: (what: 'failed' | 'open' | 'not-loaded', error: unknown) => void;
  onChoice?: (result: ChoiceResult) => void;
  onDraft?: (result: DraftResult) => void;
  onTranscription?: (result: TranscriptionResult) => void;
};

export function openModel(config: ModelConfig, options: ModelOptions = {}): Model {
  let loading: Promise<{ selector: Selector; cache: ChoiceCache }> | null = null;
  const load = async (model: string): Promise<{ selector: Selector; cache: ChoiceCache }> => {
    const [{ createSelector }, cache] = await Promise.all([import('./selector.ts'), config.redisUrl === null ? createMemoryCache() : createRedisCache(config.redisUrl)]);
    const selector = await createSelector({
      model,
      apiKey: config.openaiApiKey,
      baseUrl: config.openaiBaseUrl,
      cache,
      ...(options.patienceMs === undefined ? {} : { timeoutMs: options.patienceMs }),
      ...(options.onTrouble ? { onTrouble: options.onTrouble } : {}),
      ...(options.onChoice ? { onResult: options.onChoice } : {}),
    });
    return { selector, cache };
  };
  let drafting: Promise<Drafter> | null = null;
  const openDrafter = async (model: string): Promise<Drafter> => {
    const { createDrafter } = await import('./drafter.ts');
    return createDrafter({
      model,
      apiKey: config.openaiApiKey,
      baseUrl: config.openaiBaseUrl,
      ...(options.onTrouble ? { onTrouble: options.onTrouble } : {}),
      ...(options.onDraft ? { onResult: options.onDraft } : {}),
    });
  };
  let listening: Promise<Transcriber> | null = null;
  const listen = async (model: string): Promise<Transcriber> => {
    const { createTranscriber } = await import('./transcriber.ts');
    return createTranscriber({
      model,
      ...transcriptionAt(config),
      ...(options.onTrouble ? { onTrouble: options.onTrouble } : {}),
      ...(options.onTranscription ? { onResult: options.onTranscription } : {}),
    });
  };
  return {
    selector: async () => {
      if (config.llmModel === null) return null;
      try {
        return (await (loading ??= load(config.llmModel))).selector;
      } catch (error) {
        options.onTrouble?.('not-loaded', error);
        return null;
      }
    },
    transcriber: async () => {
      if (config.transcribeModel === null) return null;
      try {
        return await (listening ??= listen(config.transcribeModel));
      } catch (error) {
        options.onTrouble?.('not-loaded', error);
        return null;
      }
    },
    drafter: async () => {
      if (config.llmModel === null) return null;
      try {
        return await (drafting ??= openDrafter(config.llmModel));
      } catch (error) {
        options.onTrouble?.('not-loaded', error);
        return null;
      }
    },
    close: async () => {
      const loaded = await loading?.catch(() => null);
      await loaded?.cache.close();
    },
  };
}

/** Where voice notes go; one key serves both addresses. */
function transcriptionAt(config: ModelConfig): { apiKey: string | null; baseUrl: string | null } {
  return { apiKey: config.openaiApiKey, baseUrl: config.transcribeBaseUrl ?? config.openaiBaseUrl };
}

/** Settings that name a model and no way to it: no key, and no server of the station's own. */
export function lacksKey(config: ModelConfig): boolean {
  const transcribes = config.transcribeModel !== null && config.transcribeBaseUrl === null;
  return (config.llmModel !== null || transcribes) && config.openaiApiKey === null && config.openaiBaseUrl === null;
}
