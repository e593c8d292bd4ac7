import { asks, joined, openStation } from '#test/console/house.ts';
import { quantile, type Bench } from './figure.ts';

const WAITING = 300;
const LOOKS = 200;

/** The inbox of a station that has had a bad day: 300 questions wait, each sealed with the key of whoever asked it. */
export const bench: Bench = {
  name: 'console',
  run: async () => {
    const station = await openStation();
    try {
      for (let n = 0; n < WAITING; n += 1) await asks(station.url, 'gặp cán bộ, thuốc của mế hết rồi', `loa_chat=${String(n).padStart(22, 'a')}`);
      const staff = await joined(station, 'Lan');
      const measure = async (path: string): Promise<number[]> => {
        const ms: number[] = [];
        for (let look = 0; look < LOOKS; look += 1) {
          const startedMs = performance.now();
          const page = await staff.get(path);
          ms.push(performance.now() - startedMs);
          if (page.status !== 200) throw new Error(`${path}: ${page.status}`);
        }
        return ms;
      };
      const inbox = await measure('/staff');
      const all = await measure('/staff?all=1');
      const ticket = await measure('/staff/ticket/1');
      const goal = { sign: '<=', value: 200 } as const;
      return [
        { what: `inbox with ${WAITING} waiting, p50`, value: quantile(inbox, 0.5), unit: 'ms' },
        { what: `inbox with ${WAITING} waiting, p99`, value: quantile(inbox, 0.99), unit: 'ms', goal },
        { what: `all ${WAITING} on one page, p99`, value: quantile(all, 0.99), unit: 'ms', goal },
        { what: 'a ticket with its talk and nearest cards, p99', value: quantile(ticket, 0.99), unit: 'ms', goal },
      ];
    } finally {
      await station.stop();
    }
  },
};
