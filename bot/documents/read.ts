import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Passage } from '#bot/store/documents.ts';

/** What somebody put in, and why it is no use: `documents.fault.<why>` is the sentence. */
export type ReadDocument = { ok: true; passages: Passage[] } | { ok: false; why: DocumentFault };

export const DOCUMENT_FAULTS = ['kind', 'too-big', 'empty', 'letters', 'broken', 'too-long', 'full'] as const;
export type DocumentFault = (typeof DOCUMENT_FAULTS)[number];

/** Largest file, in bytes. */
export const DOCUMENT_BYTES = 5 * 1024 * 1024;
/** Longest text of one document, in characters; some three hundred pages. */
export const DOCUMENT_CHARS = 600_000;

const KINDS = ['txt', 'md', 'docx'] as const;
export type DocumentKind = (typeof KINDS)[number];

/** What a reading thread may take, so that a document made to burst it only bursts the thread. */
const READ_MS = 30_000;
const READ_MB = 256;

const passageSchema = z.strictObject({ heading: z.string(), position: z.number(), text: z.string() });
const resultSchema = z.union([
  z.strictObject({ ok: z.literal(true), passages: z.array(passageSchema) }),
  z.strictObject({ ok: z.literal(false), why: z.enum(DOCUMENT_FAULTS) }),
]) satisfies z.ZodType<ReadDocument>;

/** Cuts a document into passages, in a thread of its own: what reading needs is heavy and goes away with the thread. Never throws. */
export async function readDocument(name: string, bytes: Uint8Array): Promise<ReadDocument> {
  const kind = KINDS.find((known) => name.toLowerCase().endsWith(`.${known}`));
  if (kind === undefined) return { ok: false, why: 'kind' };
  if (bytes.byteLength > DOCUMENT_BYTES) return { ok: false, why: 'too-big' };
  const thread = new Worker(new URL('./reading-thread.ts', import.meta.url), { workerData: { kind, bytes }, resourceLimits: { maxOldGenerationSizeMb: READ_MB }, execArgv: [], stdout: true, stderr: true });
  return new Promise((resolve) => {
    const end = (result: ReadDocument): void => {
      clearTimeout(timer);
      resolve(result);
      void thread.terminate();
    };
    const timer = setTimeout(() => { end({ ok: false, why: 'broken' }); }, READ_MS);
    thread.once('message', (said: unknown) => {
      const result = resultSchema.safeParse(said);
      end(result.success ? result.data : { ok: false, why: 'broken' });
    });
    thread.once('error', () => { end({ ok: false, why: 'broken' }); });
    thread.once('exit', () => { end({ ok: false, why: 'broken' }); });
  });
}
