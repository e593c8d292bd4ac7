import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';

/** How the Bot API reads a call (JSON, form or multipart) and how it answers. */

export type Upload = { filename: string; bytes: Uint8Array };

export type Params = {
  has(name: string): boolean;
  text(name: string): string | undefined;
  /** Throws a 400, as the API does, for what is no whole number. */
  int(name: string): number | undefined;
  flag(name: string): boolean;
  /** A JSON value; from a form it comes as text. */
  json(name: string): unknown;
  file(name: string): Upload | undefined;
  /** Everything as it came, for a test to look at. */
  raw: Record<string, unknown>;
};

/** An answer that is not a result. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly parameters: { retry_after?: number; migrate_to_chat_id?: number } | undefined;
  constructor(status: number, description: string, parameters?: { retry_after?: number; migrate_to_chat_id?: number }) {
    super(description);
    this.status = status;
    this.parameters = parameters;
  }
}

export async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(z.instanceof(Uint8Array).parse(chunk));
  return new Uint8Array(Buffer.concat(chunks));
}

export async function readParams(request: IncomingMessage, url: URL): Promise<Params> {
  const values: Record<string, unknown> = Object.fromEntries(url.searchParams);
  const files = new Map<string, Upload>();
  const body = await readBody(request);
  const type = request.headers['content-type'] ?? '';
  if (body.length > 0 && type.startsWith('application/json')) {
    const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(new TextDecoder().decode(body)));
    if (!parsed.success) throw new ApiError(400, 'Bad Request: can\'t parse JSON object');
    Object.assign(values, parsed.data);
  } else if (body.length > 0 && type.startsWith('application/x-www-form-urlencoded')) {
    Object.assign(values, Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body))));
  } else if (body.length > 0 && type.startsWith('multipart/form-data')) {
    for (const part of parts(Buffer.from(body), /boundary="?([^";]+)/.exec(type)?.[1] ?? '')) {
      if (part.filename === undefined) values[part.name] = part.bytes.toString('utf8');
      else files.set(part.name, { filename: part.filename, bytes: part.bytes });
    }
  }
  return {
    raw: values,
    has: (name) => (values[name] !== undefined && values[name] !== null) || files.has(name),
    text: (name) => {
      const value = values[name];
      return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
    },
    int: (name) => {
      const value = values[name];
      if (value === undefined || value === null) return undefined;
      const number = Number(value);
      if (!Number.isSafeInteger(number)) throw new ApiError(400, `Bad Request: invalid ${name} specified`);
      return number;
    },
    flag: (name) => values[name] === true || values[name] === 'true',
    json: (name) => {
      const value = values[name];
      if (typeof value !== 'string') return value ?? undefined;
      const parsed = parseJson(value);
      if (parsed === undefined) throw new ApiError(400, `Bad Request: can't parse ${name} JSON object`);
      return parsed;
    },
    file: (name) => files.get(name),
  };
}

export function answer(response: ServerResponse, result: unknown): void {
  send(response, 200, { ok: true, result });
}

export function refuse(response: ServerResponse, error: ApiError): void {
  send(response, error.status, { ok: false, error_code: error.status, description: error.message, ...(error.parameters === undefined ? {} : { parameters: error.parameters }) });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The parts of a multipart body, by RFC 7578. */
function parts(body: Buffer, boundary: string): { name: string; filename: string | undefined; bytes: Buffer }[] {
  const found: { name: string; filename: string | undefined; bytes: Buffer }[] = [];
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark); at !== -1;) {
    const begin = at + mark.length;
    if (body.subarray(begin, begin + 2).toString() === '--') return found;
    const next = body.indexOf(mark, begin);
    const headEnd = body.indexOf('\r\n\r\n', begin);
    if (next === -1 || headEnd === -1 || headEnd > next) break;
    const head = body.subarray(begin, headEnd).toString('utf8');
    const name = /[; ]name="([^"]*)"/.exec(head)?.[1];
    if (name === undefined) break;
    found.push({ name, filename: /filename="([^"]*)"/.exec(head)?.[1], bytes: body.subarray(headEnd + 4, next - 2) });
    at = next;
  }
  throw new ApiError(400, 'Bad Request: can\'t parse multipart/form-data');
}
