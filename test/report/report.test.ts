import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createCounting } from '#bot/report/count.ts';
import { LEAST, shares } from '#bot/report/report.ts';
import { loadSigns } from '#bot/report/signs.ts';
import { countsBetween, risesSince, type Count } from '#bot/store/counts.ts';
import { holdPerson, personAt, changePerson } from '#bot/store/people.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { asks, atTerminal, joined, openStation, type Station } from '#test/console/house.ts';

const NOW_MS = Date.parse('2026-11-25T08:00:00+07:00');
const DAY_MS = 86_400_000;
const signs = await loadSigns();

describe('nothing below five', () => {
  test('no part is below five, and none can be reckoned from the sum', () => {
    const counts = fc.array(fc.record({ village: fc.constantFrom('a', 'b', 'c', 'd', 'e', ''), n: fc.integer({ min: 1, max: 12 }) }), { maxLength: 12 });
    fc.assert(fc.property(counts, (list) => {
      const found = shares(list.map((each): Count => ({ day: '2026-11-22', what: 'answer', topic: '', ...each })), ({ village }) => village);
      for (const { count } of found) expect(count).toBeGreaterThanOrEqual(LEAST);
      const sum = list.reduce((total, { n }) => total + n, 0);
      const shown = found.reduce((total, { count }) => total + count, 0);
      // What is missing from the sum is nothing, or everything was too little to show.
      expect(shown === sum || found.length === 0 && sum < LEAST).toBe(true);
    }));
  });
});

describe('signs in what people write', () => {
  test.each([
    ['Con tôi sốt nổi ban khắp người', ['fever-rash']],
    ['be nha em sot phat ban', ['fever-rash']],
    ['sáng nay bị chó cắn ở chân', ['bite']],
    ['nha het gao roi can bo oi', ['no-rice']],
    ['tiêm cho cần mang gì', []],
    ['bán gạo ở đâu', []],
  ])('%s', (text, expected) => {
    expect(signs.of(text)).toEqual(expected);
  });
});

onBothEngines((fresh) => {
  test('a sign that three people of a village name alerts the head once; one person counts once, and an erased one leaves nothing that is theirs', async () => {
    await using ground = await fresh({ clock: () => NOW_MS });
    const count = createCounting(signs, (id) => id);
    const says = async (who: string, text: string): Promise<void> => {
      await ground.store.write(async (tx) => {
        const person = await personAt(tx, 'web', who);
        await changePerson(tx, person.id, { villageId: 'plei-mau' });
        const held = await holdPerson(tx, person.id);
        if (held === null) throw new Error('gone');
        await count(tx, { person: held, content: { kind: 'text', text, forwarded: false }, turn: { replies: [], effects: [], judgement: null } });
      });
    };
    const rises = () => ground.store.read((tx) => risesSince(tx, 0, { unseen: true }));
    for (let n = 0; n < 5; n++) await says('một', 'con tôi bị chó cắn');
    await says('hai', 'bị chó cắn rồi');
    expect(await rises()).toEqual([]);
    await says('ba', 'chó lạ cắn cháu');
    await says('bốn', 'bị mèo cắn');
    expect(await rises()).toMatchObject([{ sign: 'bite', village: 'plei-mau', people: 4 }]);
    const counted = (await ground.store.read((tx) => countsBetween(tx, '2026-11-25', '2026-11-25'))).filter(({ what }) => what === 'sign');
    expect(counted).toEqual([{ day: '2026-11-25', what: 'sign', topic: 'bite', village: 'plei-mau', n: 4 }]);
    const person = await ground.store.write(async (tx) => {
      const found = await personAt(tx, 'web', 'một');
      await destroyPerson(tx, found.id);
      return found;
    });
    const rows = JSON.stringify(await ground.store.read(async (tx) => [await tx.db.selectFrom('daily_counts').selectAll().execute(), await tx.db.selectFrom('counted_once').selectAll().execute(), await tx.db.selectFrom('rises').selectAll().execute()]));
    expect(rows).not.toContain(person.id);
  });
});

const open: Station[] = [];
afterEach(async () => {
  for (const station of open.splice(0)) await station.stop();
});

test('a week as it was: counted while it happened, in the console, as a table, as lines to paste, and from the command line', async () => {
  let nowMs = NOW_MS;
  const house = await openStation({}, () => nowMs);
  open.push(house);
  for (let n = 0; n < 6; n++) await asks(house.url, 'khi nào cần đeo khẩu trang');
  const { cookie } = await asks(house.url, 'gặp cán bộ');
  await asks(house.url, 'khi nào cần đeo khẩu trang', cookie);
  await asks(house.url, 'tôi muốn chết');
  await asks(house.url, 'nhà tôi số 0905123456 hết gạo rồi cán bộ ơi');
  nowMs += DAY_MS;
  const head = await joined(house, 'Trưởng', 'head');
  const page = (await head.get('/staff/report?kind=week&of=2026-11-25')).text;
  expect(page).toContain('Báo cáo tuần từ 23/11/2026 đến 29/11/2026');
  expect(page).toMatch(/<b>8<\/b>máy trả lời ngay/u);
  expect(page).toMatch(/<b>9<\/b>lượt người nhắn/u);
  expect(page).toMatch(/<b>dưới 5<\/b>chuyện riêng/u);
  // Seven about masks and two of other things: the two cannot stand alone, and would be told by what is missing.
  expect(page).not.toContain('Phòng bệnh hằng ngày');
  expect(page).toContain('role="img"');
  expect(page).not.toMatch(/0905123456|tôi muốn chết/u);
  const csv = await head.get('/staff/report.csv?kind=week&of=2026-11-25');
  expect(csv.headers.get('content-type')).toContain('text/csv');
  expect(csv.text).toContain('Hỏi về chuyện gì,Khác,9');
  const run = (...args: string[]) => atTerminal(['report', ...args], { DATA_DIR: house.dataDir });
  const text = await run('--week', '--of', '2026-11-25', '--text');
  expect(text.stdout).toContain('- 8 máy trả lời ngay');
  expect(text.stdout).not.toMatch(/0905123456|tôi muốn chết/u);
  expect(JSON.parse((await run('--day', '--of', '2026-11-25', '--json')).stdout)).toMatchObject({ kind: 'day', answeredAtOnce: 8, sensitive: null });
  expect(await run('--week', '--day')).toMatchObject({ status: 2 });
});

test('one question that five people ask and nobody has answered is told to the head, and seeing it is written down', async () => {
  const begunMs = Date.now();
  const house = await openStation({}, () => NOW_MS + Date.now() - begunMs);
  open.push(house);
  for (let n = 0; n < 5; n++) {
    const { cookie } = await asks(house.url, 'máy xay lúa của xã sửa xong chưa');
    await asks(house.url, '4', cookie);
  }
  const head = await joined(house, 'Trưởng', 'head');
  await expect.poll(async () => (await head.get('/staff/report')).text, { interval: 1_000 }).toContain('Một câu nhiều người hỏi mà chưa ai đáp');
  const page = (await head.get('/staff/report')).text;
  const csrf = /name="csrf" value="([^"]+)"/u.exec(page)?.[1] ?? '';
  const key = /name="key" value="([^"]+)"/u.exec(page)?.[1] ?? '';
  const answerer = await joined(house, 'Lan');
  expect((await answerer.post('/staff/report/seen', { csrf: (await answerer.seen(1)).csrf, key })).status).toBe(403);
  expect((await head.post('/staff/report/seen', { csrf, key })).status).toBe(303);
  expect((await head.get('/staff/report')).text).not.toContain('name="key"');
});
