/** Something that goes wrong with one request. */
export type Fault =
  /** Zalo says no, with status 200, and does nothing. */
  | { kind: 'code'; code: number; message?: string }
  /** A server error without JSON; nothing is done. */
  | { kind: 'status'; status: number }
  /** The connection breaks before anything is done. */
  | { kind: 'refuse' }
  /** All is done, and the connection breaks before the answer. On the token endpoint: a rotation followed by a crash. */
  | { kind: 'lost_reply' }
  /** All is done, and the answer is not JSON. */
  | { kind: 'not_json' }
  /** All is done; the answer's head comes at once and its body after this many real milliseconds. */
  | { kind: 'slow'; delayMs: number }
  /** Zalo says no and repeats all that it was sent, tokens included: for finding out what a program writes to its log. */
  | { kind: 'echo'; code: number };

/** What is to go wrong, and when. */
export class Faults {
  #waiting: { where: string; fault: Fault; times: number }[] = [];

  /** The next `times` requests whose path contains `where` meet this fault. */
  add(where: string, fault: Fault, times = 1): void {
    this.#waiting.push({ where, fault, times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault for a request to this path, used up by one. */
  take(path: string): Fault | null {
    const found = this.#waiting.find(({ where, times }) => times > 0 && path.includes(where));
    if (found === undefined) return null;
    found.times -= 1;
    return found.fault;
  }
}
