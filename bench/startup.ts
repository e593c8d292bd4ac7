import { median, type Bench } from './figure.ts';
import { askStation, startStation } from './station.ts';

const RUNS = 5;
const QUESTIONS = ['chích ngừa cho bé có mất tiền không', 'nha het gao roi lam sao', 'sốt xuất huyết có dấu hiệu gì', 'mai có tiêm không', 'gặp cán bộ'];

/** From nothing to the first answer, as after a power cut; and what the program takes of a modest computer. */
export const bench: Bench = {
  name: 'startup',
  run: async () => {
    const firstAnswerMs: number[] = [];
    const residentMb: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const beganMs = performance.now();
      const station = await startStation();
      await askStation(station.url, QUESTIONS[0] ?? '');
      firstAnswerMs.push(performance.now() - beganMs);
      for (const question of QUESTIONS) await askStation(station.url, question);
      residentMb.push(station.residentMb());
      await station.stop();
    }
    return [
      { what: `start to first answer, median of ${RUNS}`, value: median(firstAnswerMs), unit: 'ms', goal: { sign: '<=', value: 1000 } },
      { what: `resident memory after ${QUESTIONS.length + 1} answers, median`, value: median(residentMb), unit: 'MB', goal: { sign: '<=', value: 120 } },
    ];
  },
};
