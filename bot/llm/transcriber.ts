import OpenAI, { toFile } from 'openai';
import { z } from 'zod';
import type { Heard } from '#bot/conversation/turn.ts';
import type { Lang } from '#knowledge/lang.ts';
import { recordingOf } from './audio.ts';
import { createBreaker, type Breaker } from './breaker.ts';

/** A voice note as written words, by a service that understands them. Loading this file loads its client. */
export type Transcriber = {
  /** What was said, or null: no recording, nothing heard, or the service is away. Never throws. */
  hear: (bytes: Uint8Array, lang: Lang) => Promise<Heard | null>;
};

export type TranscriptionResult = 'heard' | 'unsure' | 'nothing' | 'not-audio' | 'failed' | 'left-alone';

export type TranscriberOptions = {
  model: string;
  apiKey: string | null;
  baseUrl: string | null;
  /** For both tries together. @defaultValue 20000 */
  timeoutMs?: number;
  breaker?: Breaker;
  onTrouble?: (what: 'failed' | 'open', error: unknown) => void;
  onResult?: (result: TranscriptionResult) => void;
};

const TIMEOUT_MS = 20_000;
const RETRY_UNTIL_SHARE = 0.4;
const MOST_AT_ONCE = 4;
/** A mean log probability of a word below this, or silence likelier than this, and the resident is asked whether we heard right. */
const LEAST_LOGPROB = -0.7;
const MOST_SILENCE = 0.5;
const MOST_CHARS = 2_000;

/** Either form of answer; confidence is in one of them or missing. */
const answerSchema = z.object({
  text: z.string(),
  segments: z.array(z.object({ avg_logprob: z.number().optional(), no_speech_prob: z.number().optional() })).optional(),
  logprobs: z.array(z.object({ logprob: z.number().optional() })).optional(),
});

export function createTranscriber(options: TranscriberOptions): Transcriber {
  const client = new OpenAI({ apiKey: options.apiKey ?? 'none', baseURL: options.baseUrl, maxRetries: 0, logLevel: 'off' });
  const breaker = options.breaker ?? createBreaker({ onOpen: () => { options.onTrouble?.('open', null); } });
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const tell = (result: TranscriptionResult): void => { options.onResult?.(result); };
  let inHand = 0;

  const ask = async (bytes: Uint8Array, filename: string, lang: Lang, signal: AbortSignal): Promise<Heard> => {
    const common = { file: await toFile(bytes, filename), model: options.model, language: lang, temperature: 0 };
    // Whisper tells its confidence in the long form; the newer models only as probabilities of words.
    const answer: unknown = /whisper/i.test(options.model)
      ? await client.audio.transcriptions.create({ ...common, response_format: 'verbose_json' }, { signal })
      : await client.audio.transcriptions.create({ ...common, response_format: 'json', include: ['logprobs'] }, { signal });
    return heardIn(answerSchema.parse(answer));
  };

  const insist = async (bytes: Uint8Array, filename: string, lang: Lang): Promise<Heard | null> => {
    const beganMs = performance.now();
    for (let attempt = 0; attempt < 2; attempt++) {
      const leftMs = timeoutMs - (performance.now() - beganMs);
      if (attempt > 0 && leftMs < timeoutMs * RETRY_UNTIL_SHARE) break;
      try {
        return await ask(bytes, filename, lang, AbortSignal.timeout(Math.max(1, Math.round(leftMs))));
      } catch (error) {
        options.onTrouble?.('failed', error);
      }
    }
    return null;
  };

  return {
    hear: async (bytes, lang) => {
      if (inHand >= MOST_AT_ONCE || breaker.isOpen()) {
        tell('left-alone');
        return null;
      }
      inHand += 1;
      try {
        const recording = await recordingOf(bytes);
        if (recording === null) {
          tell('not-audio');
          return null;
        }
        const heard = await insist(recording.bytes, recording.filename, lang);
        if (heard === null) {
          breaker.failed();
          tell('failed');
          return null;
        }
        breaker.succeeded();
        if (!/\p{L}/u.test(heard.text)) {
          tell('nothing');
          return null;
        }
        tell(heard.unsure ? 'unsure' : 'heard');
        return heard;
      } finally {
        inHand -= 1;
      }
    },
  };
}

function heardIn({ text, segments, logprobs }: z.output<typeof answerSchema>): Heard {
  const words = [...(segments ?? []).flatMap((segment) => segment.avg_logprob ?? []), ...(logprobs ?? []).flatMap((word) => word.logprob ?? [])];
  const mean = words.reduce((sum, value) => sum + value, 0) / Math.max(1, words.length);
  const silent = (segments ?? []).some((segment) => (segment.no_speech_prob ?? 0) > MOST_SILENCE);
  return { text: text.normalize('NFC').replace(/\s+/g, ' ').trim().slice(0, MOST_CHARS), unsure: mean < LEAST_LOGPROB || silent };
}
