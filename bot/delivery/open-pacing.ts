import { LIMITS_PER_SECOND } from './limits.ts';
import { createMemoryPacing, type Pacing } from './pacing.ts';

/** One budget for all processes where there is a Redis, one of its own otherwise. Redis is loaded only where it is configured. */
export async function openPacing(redisUrl: string | null): Promise<Pacing> {
  if (redisUrl === null) return createMemoryPacing(LIMITS_PER_SECOND);
  const { createRedisPacing } = await import('./pacing-redis.ts');
  return createRedisPacing({ url: redisUrl, limits: LIMITS_PER_SECOND });
}
