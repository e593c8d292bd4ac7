/** Faults that a test prepares: each meets the next calls that fit, so many times. */

export type Fault =
  /** The API answers so and does nothing. */
  | { kind: 'error'; status: number; description: string; parameters?: { retry_after?: number; migrate_to_chat_id?: number } }
  /** A broken gateway: no JSON. `acted`: the API had done what was asked. */
  | { kind: 'gateway'; status: number; acted: boolean }
  /** The connection ends without an answer. */
  | { kind: 'lost'; acted: boolean }
  /** The answer comes late; the deed is done at once. */
  | { kind: 'slow'; ms: number };

export type FaultRule = { fault: Fault; method?: string; chatId?: number; times?: number };

export type Faults = {
  add(rule: FaultRule): void;
  clear(): void;
  /** The fault that meets this call, used up by being asked for. */
  next(method: string, chatId: number | undefined): Fault | null;
};

export function createFaults(): Faults {
  let rules: { rule: FaultRule; left: number }[] = [];
  return {
    add: (rule) => {
      rules.push({ rule, left: rule.times ?? 1 });
    },
    clear: () => {
      rules = [];
    },
    next: (method, chatId) => {
      const hit = rules.find(({ rule, left }) => left > 0 && (rule.method === undefined || rule.method === method) && (rule.chatId === undefined || rule.chatId === chatId));
      if (hit === undefined) return null;
      hit.left -= 1;
      rules = rules.filter(({ left }) => left > 0);
      return hit.rule.fault;
    },
  };
}
