import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkModel } from '#bot/llm/check.ts';
import type { Examined } from './doctor.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

/** What the program uses on this machine or beside it: Redis, ffmpeg, a model. */
export async function examineMachine(it: Examined): Promise<Finding[]> {
  return Promise.all([examineRedis(it), examineFfmpeg(it), examineModel(it)]);
}

async function examineRedis({ config, patienceMs }: Examined): Promise<Finding> {
  if (config.redisUrl === null) return ok('redis', 'doctor:redis.off');
  const { createClient } = await import('redis');
  const client = createClient({ url: config.redisUrl, disableOfflineQueue: true, socket: { connectTimeout: patienceMs, reconnectStrategy: false } });
  client.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => { reject(new Error('no answer')); }, patienceMs); });
  try {
    await Promise.race([client.connect().then(() => client.ping()), late]);
    return ok('redis', 'doctor:redis.fine');
  } catch {
    return wrong('redis', 'doctor:redis.away');
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

async function examineFfmpeg({ patienceMs }: Examined): Promise<Finding> {
  const found = await promisify(execFile)('ffmpeg', ['-version'], { timeout: patienceMs }).catch(() => null);
  const version = found === null ? null : /version (\S{1,30})/.exec(found.stdout)?.[1] ?? '';
  return version === null ? warning('ffmpeg', 'doctor:ffmpeg.missing') : ok('ffmpeg', 'doctor:ffmpeg.fine', { version });
}

/** A model is a help and never needed, so its absence is nothing wrong. */
async function examineModel({ config }: Examined): Promise<Finding> {
  const check = await checkModel(config);
  switch (check.state) {
    case 'off':
      return ok('model', 'doctor:model.off');
    case 'up':
      return ok('model', 'doctor:model.fine', { model: check.model, ms: check.tookMs });
    case 'down':
      return warning('model', 'doctor:model.away', { model: check.model, why: check.why });
  }
}
