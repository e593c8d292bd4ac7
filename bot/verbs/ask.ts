import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { openAdvice } from '#bot/llm/open-advice.ts';
import { openConversation } from '#bot/conversation/open.ts';
import type { ResidentView } from '#bot/conversation/turn.ts';
import { KNOWLEDGE_DIR } from '#bot/conversation/assemble.ts';
import { sayFault, sayUnreadable } from '#bot/knowledge-faults.ts';
import { momentOf } from '#knowledge/day.ts';
import { langSchema, type Lang } from '#knowledge/lang.ts';
import { loadPlace } from '#knowledge/place.ts';
import { readUnderstanding } from '#knowledge/understanding.ts';
import { explain } from './explain.ts';
import type { Verb, VerbContext } from './verb.ts';

type Options = { json: boolean; stdin: boolean; explain: boolean; model: boolean; nowMs: () => number; lang: Lang; place: string; questions: string[] };

/** `ask`: a question through the very code that answers residents, without a store or a network; with `--model` the configured model is asked as well. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:ask.usage'),
  run: async (args, context) => {
    const options = readOptions(args, context);
    if (options === null) return 2;
    const answer = await createAnswerer(options, context);
    if (answer === null) return 2;

    if (!options.stdin) {
      await answer(options.questions.join(' '));
      return 0;
    }
    for await (const line of createInterface({ input: context.input, crlfDelay: Infinity })) await answer(line);
    return 0;
  },
};

function readOptions(args: string[], { texts, err, config }: VerbContext): Options | null {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean' }, stdin: { type: 'boolean' }, explain: { type: 'boolean' }, model: { type: 'boolean' }, now: { type: 'string' }, lang: { type: 'string' }, place: { type: 'string' } },
    });
  } catch {
    const odd = args.find((arg) => arg.startsWith('-')) ?? '';
    err.write(`${texts.say('vi', 'cli:ask.badOption', { option: odd.slice(0, 40) })}\n${texts.say('vi', 'cli:ask.usage')}\n`);
    return null;
  }
  const { values, positionals } = parsed;
  if (positionals.length === 0 && values.stdin !== true) {
    err.write(`${texts.say('vi', 'cli:ask.usage')}\n`);
    return null;
  }
  const nowMs = values.now === undefined ? null : momentOf(values.now);
  if (values.now !== undefined && nowMs === null) {
    err.write(`${texts.say('vi', 'cli:ask.badNow', { got: (values.now ?? '').slice(0, 40) })}\n`);
    return null;
  }
  const lang = langSchema.safeParse(values.lang ?? 'vi');
  if (!lang.success) {
    err.write(`${texts.say('vi', 'cli:ask.badLang', { got: (values.lang ?? '').slice(0, 40) })}\n`);
    return null;
  }
  return {
    json: values.json === true,
    stdin: values.stdin === true,
    explain: values.explain === true,
    model: values.model === true,
    nowMs: nowMs === null ? Date.now : () => nowMs,
    lang: lang.data,
    place: values.place ?? config.place,
    questions: positionals,
  };
}

async function createAnswerer(options: Options, { texts, out, err, config }: VerbContext): Promise<((question: string) => Promise<void>) | null> {
  const place = await loadPlace(options.place);
  if (!place.ok) {
    for (const fault of place.faults) err.write(`${texts.say('vi', 'cli:place.fault', { file: place.file, ...sayFault(texts, fault) })}\n`);
    return null;
  }
  const read = await readUnderstanding(KNOWLEDGE_DIR);
  if (!read.ok) {
    err.write(`${sayUnreadable(texts, read.faults)}\n`);
    return null;
  }
  if (options.model && config.llmModel === null) {
    err.write(`${texts.say('vi', 'cli:ask.noModel')}\n`);
    return null;
  }
  const { converse, knowledge } = await openConversation({ place: place.place, placeDir: options.place, texts, nowMs: options.nowMs(), understanding: read.understanding });

  const advise = options.model ? await openAdvice({ config, converse, knowledge, place: place.place, onTrouble: (why) => { err.write(`${texts.say('vi', 'cli:ask.modelTrouble', { why })}\n`); } }) : null;

  return async (question) => {
    const startedMs = performance.now();
    const stranger: ResidentView = { lang: options.lang, villageId: null, greeted: false, consents: [], answered: [], context: null };
    const inbound = { channel: 'web', content: { kind: 'text', text: question, forwarded: false }, atMs: options.nowMs() } as const;
    const turn = converse({ ...inbound, aid: await advise?.(inbound, stranger) ?? {} }, stranger);
    const text = turn.replies.map((reply) => reply.text).join('\n\n');
    const { judgement } = turn;
    if (!options.json) {
      out.write(`${text}\n`);
      if (options.explain && judgement !== null) {
        out.write(`\n${explain(texts, judgement)}\n`);
      }
      return;
    }
    out.write(`${JSON.stringify({
      question,
      outcome: judgement?.outcome ?? 'smalltalk',
      ...(judgement?.outcome === 'answer' ? { cardId: judgement.cardId } : {}),
      ...(judgement?.outcome === 'clarify' ? { options: judgement.options } : {}),
      ...(turn.due === undefined ? {} : { due: turn.due }),
      score: judgement?.score ?? 0,
      reasons: judgement?.reasons ?? [],
      lang: judgement?.lang ?? options.lang,
      text,
      ms: Math.round((performance.now() - startedMs) * 100) / 100,
    })}\n`);
  };
}
