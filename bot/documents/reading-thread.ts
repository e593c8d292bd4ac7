import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { passagesOf } from './passages.ts';

/** Runs in a thread of its own: one document in, its passages out. */
const job = z.object({ kind: z.enum(['txt', 'md', 'docx']), bytes: z.instanceof(Uint8Array) }).parse(workerData);
parentPort?.postMessage(await passagesOf(job.kind, job.bytes).catch(() => ({ ok: false, why: 'broken' })));
