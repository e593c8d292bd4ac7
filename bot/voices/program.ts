import { spawn } from 'node:child_process';

/** What became of one run of a program over some bytes. */
export type Run = { kind: 'made'; out: Buffer } | { kind: 'failed' } | { kind: 'slow' };

export type RunLimits = {
  patienceMs: number;
  mostBytes: number;
  /** An open file of ours, which the program finds as `/dev/fd/3`. */
  file?: number;
};

/** Runs a program without our environment; it is killed when it takes longer than `patienceMs` or gives more than `mostBytes`. */
export function run(program: string, args: string[], input: Uint8Array, { patienceMs, mostBytes, file }: RunLimits): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore', file ?? 'ignore'], env: { PATH: process.env['PATH'] ?? '' } });
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new Error('a program was started without its pipes');
    const out: Buffer[] = [];
    let size = 0;
    let slow = false;
    const timer = setTimeout(() => {
      slow = true;
      child.kill('SIGKILL');
    }, patienceMs);
    stdout.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > mostBytes) child.kill('SIGKILL');
      else out.push(piece);
    });
    // It may have heard enough before we have said everything.
    stdin.on('error', () => undefined);
    child.on('error', () => {
      clearTimeout(timer);
      resolve({ kind: 'failed' });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(slow ? { kind: 'slow' } : code === 0 && size <= mostBytes ? { kind: 'made', out: Buffer.concat(out) } : { kind: 'failed' });
    });
    stdin.end(input);
  });
}
