import { ApiError } from './wire.ts';

/** Flood control as people meet it: about 30 messages a second in all, 1 a second a chat with a short burst, 20 a minute a group. */
export type FloodRates = { perSecond: number; chatPerSecond: number; chatBurst: number; groupPerMinute: number };

export const USUAL_RATES: FloodRates = { perSecond: 30, chatPerSecond: 1, chatBurst: 5, groupPerMinute: 20 };

/** Gives a function that throws a 429 for a message too many. Whoever goes on sending while told to wait waits longer. */
export function createFlood(rates: FloodRates, nowMs: () => number): (chatId: number) => void {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  let penaltyUntilMs = 0;
  let penaltySeconds = 0;

  const take = (key: string, perSecond: number, burst: number): number => {
    const now = nowMs();
    const known = buckets.get(key) ?? { tokens: burst, atMs: now };
    const tokens = Math.min(burst, known.tokens + ((now - known.atMs) / 1000) * perSecond);
    if (tokens >= 1) {
      buckets.set(key, { tokens: tokens - 1, atMs: now });
      return 0;
    }
    buckets.set(key, { tokens, atMs: now });
    return (1 - tokens) / perSecond;
  };

  return (chatId) => {
    const now = nowMs();
    if (now < penaltyUntilMs) {
      penaltySeconds = Math.min(penaltySeconds * 2, 3600);
      penaltyUntilMs = Math.max(penaltyUntilMs, now + penaltySeconds * 1000);
      throw tooMany(Math.ceil((penaltyUntilMs - now) / 1000));
    }
    const waits = [take('all', rates.perSecond, rates.perSecond), chatId < 0 ? take(String(chatId), rates.groupPerMinute / 60, rates.groupPerMinute) : take(String(chatId), rates.chatPerSecond, rates.chatBurst)];
    const wait = Math.max(...waits);
    if (wait === 0) return;
    penaltySeconds = Math.max(1, Math.ceil(wait));
    penaltyUntilMs = now + wait * 1000;
    throw tooMany(penaltySeconds);
  };
}

function tooMany(seconds: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
