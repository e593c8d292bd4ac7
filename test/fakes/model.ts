import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the fake model does with the next calls. `choose` answers as a good model would, within the schema. */
export type Mood =
  | { kind: 'choose'; id: string }
  | { kind: 'slow'; ms: number; id: string }
  /** Answers, as `choose` does, once this is so. */
  | { kind: 'held'; until: Promise<unknown>; id: string }
  | { kind: 'say'; content: string }
  | { kind: 'fail'; status: number }
  | { kind: 'hang-up' };

/** What the fake transcriber hears in the next recordings. */
export type Ears =
  | { kind: 'hear'; text: string; logprob?: number }
  | { kind: 'fail'; status: number }
  | { kind: 'say'; body: string };

export type FakeModel = { baseUrl: string; mood: (mood: Mood) => void; ears: (ears: Ears) => void; seen: () => string[]; /** Names of the fields of each recording that came. */ recordings: () => string[][]; close: () => Promise<void> };

/**
 * An OpenAI-compatible server at the wire, as strict as the real one about what our client sends: a chat completion
 * with a strict JSON schema, or a transcription with its file, model and language; anything else is answered 400.
 */
export async function startFakeModel(): Promise<FakeModel> {
  let mood: Mood = { kind: 'choose', id: 'none' };
  let ears: Ears = { kind: 'fail', status: 404 };
  const seen: string[] = [];
  const recordings: string[][] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      if (request.url === '/v1/audio/transcriptions') {
        recordings.push([...body.matchAll(/name="([^"]+)"/g)].map((hit) => hit[1] ?? ''));
        transcribe(ears, body, response);
        return;
      }
      seen.push(body);
      answer(mood, request, body, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => { resolve(); }));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    mood: (next) => {
      mood = next;
    },
    ears: (next) => {
      ears = next;
    },
    recordings: () => recordings,
    seen: () => seen,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => { resolve(); });
    }),
  };
}

function transcribe(ears: Ears, body: string, response: ServerResponse): void {
  const complete = ['file', 'model', 'language', 'response_format'].every((name) => body.includes(`name="${name}"`)) && /filename="voice\.(?:ogg|mp4|webm|wav|mp3|flac)"/.test(body);
  if (!complete) {
    send(response, 400, { error: { message: 'a file of a known kind, a model, a language and a form are expected' } });
    return;
  }
  switch (ears.kind) {
    case 'hear':
      send(response, 200, { text: ears.text, ...(ears.logprob === undefined ? {} : { logprobs: [{ token: 'x', logprob: ears.logprob }] }) });
      return;
    case 'fail':
      send(response, ears.status, { error: { message: 'trouble' } });
      return;
    case 'say':
      response.writeHead(200, { 'content-type': 'application/json' }).end(ears.body);
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function answer(mood: Mood, request: IncomingMessage, body: string, response: ServerResponse): void {
  const strict = /"response_format":\s*\{\s*"type":\s*"json_schema"/.test(body) && /"strict":\s*true/.test(body);
  if (request.url !== '/v1/chat/completions' || !strict) {
    send(response, 400, { error: { message: 'a chat completion with a strict json_schema is expected' } });
    return;
  }
  switch (mood.kind) {
    case 'choose':
      send(response, 200, completion(JSON.stringify({ id: mood.id })));
      return;
    case 'held':
      void mood.until.then(() => { send(response, 200, completion(JSON.stringify({ id: mood.id }))); });
      return;
    case 'slow':
      setTimeout(() => { send(response, 200, completion(JSON.stringify({ id: mood.id }))); }, mood.ms).unref();
      return;
    case 'say':
      send(response, 200, completion(mood.content));
      return;
    case 'fail':
      send(response, mood.status, { error: { message: 'trouble' } });
      return;
    case 'hang-up':
      response.destroy();
  }
}

function completion(content: string): object {
  return {
    id: 'chatcmpl-fake', object: 'chat.completion', created: 1, model: 'fake',
    choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', content, refusal: null } }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
