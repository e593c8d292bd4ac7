import type { Channel } from '#bot/channels/channel.ts';
import type { LiveKnowledge } from '#bot/conversation/open-knowledge.ts';
import type { Converse } from '#bot/conversation/turn.ts';
import type { Status } from '#bot/http/status.ts';
import type { Log } from '#bot/log.ts';
import type { Place } from '#knowledge/place.ts';
import { createAdvisor, type Advise } from './advisor.ts';
import { whyOf } from './check.ts';
import type { Drafter } from './drafter.ts';
import { adviceOn } from './open-advice.ts';
import { lacksKey, openModel, type ModelConfig } from './open.ts';
import { redact } from './redact.ts';

/** What the optional model does for a running station; a part that is not configured is null. */
export type ModelAtWork = {
  /** Asked before a turn. */
  advise: Advise | null;
  /** A draft of an answer for staff. Nothing that says who asked leaves with the question. */
  draft: ((question: string, sources: Parameters<Drafter['draft']>[1]) => Promise<Awaited<ReturnType<Drafter['draft']>>>) | null;
  /** Loads it beside the first messages, so that the start does not wait. */
  load: () => void;
  close: () => Promise<void>;
};

export type ModelAtWorkDeps = { config: ModelConfig; converse: Converse; knowledge: LiveKnowledge; place: Place; status: Status; log: Log; channel: (name: Channel['name']) => Channel | undefined; patienceMs?: number | undefined };

export function openModelAtWork({ config, converse, knowledge, place, status, log, channel, patienceMs }: ModelAtWorkDeps): ModelAtWork {
  const model = openModel(config, {
    ...(patienceMs === undefined ? {} : { patienceMs }),
    onTrouble: (what, error) => {
      log.warn(`model.${what}`, { why: whyOf(error) });
    },
    onChoice: (result) => { status.countModel('choice', result); },
    onDraft: (result) => { status.countModel('draft', result); },
    onTranscription: (result) => { status.countModel('transcription', result); },
  });
  const advice = adviceOn(knowledge, place);
  const transcribes = config.transcribeModel !== null;
  return {
    advise: config.llmModel === null && !transcribes ? null : createAdvisor({
      converse,
      selector: model.selector,
      ...advice,
      ...(transcribes ? { hear: async (name, fileId, lang) => {
        const bytes = await channel(name)?.fetchVoice?.(fileId) ?? null;
        return bytes === null ? null : await (await model.transcriber())?.hear(bytes, lang) ?? null;
      } } : {}),
    }),
    draft: config.llmModel === null ? null : async (question, sources) => await (await model.drafter())?.draft(redact(question, advice.knowledge.knows, advice.hidden), sources) ?? null,
    load: () => {
      if (lacksKey(config)) log.warn('model.no-key');
      void model.selector();
    },
    close: model.close,
  };
}
