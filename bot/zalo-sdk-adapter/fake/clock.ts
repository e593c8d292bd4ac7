/** The time that a fake lives in. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `job` at that instant, or at the first occasion after it. */
  at(whenMs: number, job: () => Promise<void> | void): void;
}

/** Time that stands still until it is moved. */
export class ManualClock implements Clock {
  #nowMs: number;
  #jobs: { whenMs: number; job: () => Promise<void> | void }[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  at(whenMs: number, job: () => Promise<void> | void): void {
    this.#jobs.push({ whenMs, job });
  }

  /** Moves time forward, and resolves when all that fell due on the way has been done, in its order. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const next = this.#jobs.filter(({ whenMs }) => whenMs <= untilMs).sort((one, other) => one.whenMs - other.whenMs)[0];
      if (next === undefined) break;
      this.#jobs = this.#jobs.filter((job) => job !== next);
      this.#nowMs = Math.max(this.#nowMs, next.whenMs);
      await next.job();
    }
    this.#nowMs = untilMs;
  }
}

/** The time of this machine. */
export class RealClock implements Clock {
  now(): number {
    return Date.now();
  }

  at(whenMs: number, job: () => Promise<void> | void): void {
    setTimeout(() => void job(), Math.max(0, whenMs - Date.now())).unref();
  }
}
