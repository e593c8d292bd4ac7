import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { initChatModel } from 'langchain';
import type { z } from 'zod';

/** A chat model through langchain. Loading this file loads langchain: import it only where a model is configured. */
export type Chat = {
  /** One answer in the form of `schema`, which a model may still ignore: the caller checks. Throws when the call fails. */
  structured: (schema: z.ZodType, prompt: Prompt, signal: AbortSignal) => Promise<unknown>;
};

/** What the model is told to do, and what it is given to look at; the two never share a message. */
export type Prompt = { instructions: string; data: string };

export type ChatOptions = { model: string; apiKey: string | null; baseUrl: string | null; maxTokens: number };

/** A server of the station's own asks for no key, but the client insists on one. */
const NO_KEY = 'none';

export async function openChat(options: ChatOptions): Promise<Chat> {
  // The tracing client comes with langchain's core and is switched on by the environment; questions must not go there.
  for (const name of ['LANGSMITH_TRACING', 'LANGSMITH_TRACING_V2', 'LANGCHAIN_TRACING', 'LANGCHAIN_TRACING_V2']) process.env[name] = 'false';
  const chat = await initChatModel(options.model, {
    temperature: 0,
    maxTokens: options.maxTokens,
    // We try once more ourselves, within the time that a resident waits.
    maxRetries: 0,
    apiKey: options.apiKey ?? NO_KEY,
    ...(options.baseUrl === null ? {} : { configuration: { baseURL: options.baseUrl } }),
  });
  return {
    structured: async (schema, { instructions, data }, signal) => {
      const structured = chat.withStructuredOutput(schema, { name: 'answer', method: 'jsonSchema', strict: true });
      const answer: unknown = await structured.invoke([new SystemMessage(instructions), new HumanMessage(data)], { signal });
      return answer;
    },
  };
}
