import { z } from 'zod';
import { afterEach, describe, expect, test } from 'vitest';
import { codeAt, fromBase32 } from '#bot/accounts/totp.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { changePerson } from '#bot/store/people.ts';
import { asks, atTerminal, createClient, joined, openStation, PASSWORD, type Station } from './house.ts';

const WORDS = 'Dạ, sáng mai trạm phát lại.';

const open: Station[] = [];
afterEach(async () => {
  for (const station of open.splice(0)) await station.stop();
});

async function station(env: Record<string, string> = {}, clock: () => number = Date.now): Promise<Station> {
  const opened = await openStation(env, clock);
  open.push(opened);
  return opened;
}

/** A station where a resident has asked for a person, and Lan is logged in. */
async function asked() {
  const house = await station();
  const resident = await asks(house.url, 'gặp cán bộ');
  return { house, resident, lan: await joined(house, 'Lan') };
}

describe('a wish about one’s own data', () => {
  test('shows the law’s days on its ticket and above the inbox until somebody says that it is done', async () => {
    const house = await station();
    await asks(house.url, 'sửa thông tin của tôi');
    const lan = await joined(house, 'Lan');
    expect((await lan.get('/staff')).text).toContain('1 yêu cầu về dữ liệu chưa làm xong');
    const page = (await lan.get('/staff/ticket/1')).text;
    expect(page).toContain('Việc: sửa. Làm xong trước 23:59');
    expect(page).toContain('Trả lời bà con trước 23:59');
    expect((await lan.post('/staff/ticket/1', { ...await lan.seen(1), do: 'close' })).status).toBe(303);
    expect((await lan.get('/staff')).text).toContain('1 yêu cầu về dữ liệu chưa làm xong');
    expect((await lan.post('/staff/ticket/1/right', { csrf: 'x' })).status).toBe(403);
    expect(await lan.post('/staff/ticket/1/right', await lan.seen(1))).toMatchObject({ status: 303, location: '/staff/ticket/1?told=rightDone' });
    expect((await lan.get('/staff')).text).not.toContain('yêu cầu về dữ liệu chưa làm xong');
    expect((await lan.get('/staff/ticket/1')).text).toContain('Đã làm xong lúc');
  });

  test('is nobody’s to see who does not work in its domain, and ends with the person', async () => {
    const house = await station();
    const { cookie } = await asks(house.url, 'sửa thông tin của tôi');
    const food = await joined(house, 'Hùng', 'answerer', ['food']);
    expect((await food.get('/staff')).text).not.toContain('yêu cầu về dữ liệu');
    expect((await food.post('/staff/ticket/1/right', await food.seen(1))).status).toBe(403);
    const lan = await joined(house, 'Lan');
    await asks(house.url, 'xoá dữ liệu của tôi', cookie);
    await asks(house.url, '1', cookie);
    expect((await lan.get('/staff')).text).not.toContain('yêu cầu về dữ liệu chưa làm xong');
  });
});

describe('the typed answer is never lost', () => {
  test('two at once: the second reads who answered and when, keeps their words, and may still send', async () => {
    const { house, lan } = await asked();
    const thanh = await joined(house, 'Thanh');
    const [first, second] = [await lan.seen(1), await thanh.seen(1)];
    expect(await lan.post('/staff/ticket/1', { ...first, do: 'answer', text: WORDS })).toMatchObject({ status: 303, location: '/staff/ticket/1?told=answered' });
    const late = await thanh.post('/staff/ticket/1', { ...second, do: 'answer', text: 'Chiều phát.' });
    expect(late.status).toBe(409);
    expect(late.text).toMatch(/Lan vừa trả lời câu này lúc \d+:\d\d\. Lời của anh chị chưa gửi\./u);
    expect(late.text).toContain('Chiều phát.</textarea>');
    expect(late.text).toContain('Vẫn gửi thêm');
    expect((await thanh.post('/staff/ticket/1', { ...await thanh.seen(1), do: 'answer', text: 'Chiều phát.' })).status).toBe(303);
  });

  test('a closed ticket says so and opens again on a press, with the words still there', async () => {
    const { house, lan } = await asked();
    const thanh = await joined(house, 'Thanh');
    const old = await thanh.seen(1);
    expect((await lan.post('/staff/ticket/1', { ...await lan.seen(1), do: 'close' })).location).toBe('/staff?told=closed&id=1');
    const late = await thanh.post('/staff/ticket/1', { ...old, do: 'answer', text: WORDS });
    expect(late).toMatchObject({ status: 409 });
    expect(late.text).toContain('Câu này đã đóng lúc');
    expect(late.text).toContain(`${WORDS}</textarea>`);
    const again = await thanh.post('/staff/ticket/1', { ...await thanh.seen(1), do: 'reopen', text: WORDS });
    expect(again.status).toBe(200);
    expect(again.text).toContain(`${WORDS}</textarea>`);
    expect((await thanh.post('/staff/ticket/1', { ...await thanh.seen(1), do: 'answer', text: WORDS })).status).toBe(303);
  });

  test('a resident who blocked the station, and one who was erased, are each said plainly', async () => {
    const { house, lan } = await asked();
    await asks(house.url, 'gặp cán bộ');
    const people = await house.store.read((tx) => tx.db.selectFrom('tickets').select('person_id').orderBy('id').execute());
    const [blocked, erased] = [await lan.seen(1), await lan.seen(2)];
    await house.store.write((tx) => changePerson(tx, people[0]?.person_id ?? '', { state: 'gone' }));
    await house.store.write((tx) => destroyPerson(tx, people[1]?.person_id ?? ''));
    for (const [id, seen, words] of [[1, blocked, 'Bà con đã chặn trạm'], [2, erased, 'Bà con đã xoá dữ liệu']] as const) {
      const refused = await lan.post(`/staff/ticket/${id}`, { ...seen, do: 'answer', text: WORDS });
      expect(refused.status).toBe(409);
      expect(refused.text).toContain(words);
      expect(refused.text).toContain(`${WORDS}</textarea>`);
    }
  });

  test('a login that ran out: the words come back after logging in again, to their writer alone', async () => {
    const { lan, house: open } = await asked();
    const seen = await lan.seen(1);
    lan.forget();
    const refused = await lan.post('/staff/ticket/1', { ...seen, do: 'answer', text: WORDS });
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('Phiên đăng nhập đã hết');
    expect(refused.text).not.toContain(WORDS);
    const kept = /name="kept" value="([^"]+)"/u.exec(refused.text)?.[1] ?? '';
    // Whoever sits down at the same computer next.
    await joined(open, 'Byưh');
    const other = await lan.post('/staff/login', { login: 'Byưh', password: PASSWORD, then: '/staff/ticket/1', kept });
    expect(other).toMatchObject({ status: 303, location: '/staff/ticket/1' });
    lan.forget();
    const mistyped = await lan.post('/staff/login', { login: 'Lan', password: 'nhầm rồi nhé', then: '/staff/ticket/1', kept });
    expect(/name="kept" value="([^"]+)"/u.exec(mistyped.text)?.[1]).toBe(kept);
    const back = await lan.post('/staff/login', { login: 'Lan', password: PASSWORD, then: '/staff/ticket/1', kept });
    expect(back.status).toBe(200);
    expect(back.text).toContain('Chữ anh chị viết còn đây, chưa gửi.');
    expect(back.text).toContain(`${WORDS}</textarea>`);
    expect((await lan.post('/staff/ticket/1', { ...await lan.seen(1), do: 'answer', text: WORDS })).status).toBe(303);
  });

  test('a platform’s window that has closed: the page says that the answer has not arrived, when it will, and keeps it', async () => {
    const { lan, house: open } = await asked();
    expect((await lan.post('/staff/ticket/1', { ...await lan.seen(1), do: 'answer', text: WORDS })).status).toBe(303);
    await open.store.write((tx) => tx.db.updateTable('outbox').set({ state: 'failed', reason: 'window-closed' }).where('kind', '=', 'staff-answer').execute());
    const { text } = await lan.get('/staff/ticket/1');
    expect(text).toContain('Nền tảng không cho gửi vì bà con đã lâu không nhắn. Lời này tự gửi khi bà con nhắn lại. Cần gấp thì gọi điện.');
    expect(text).toContain(WORDS);
    expect((await lan.get('/staff?shelf=done')).text).toContain('Chưa tới được bà con');
  });

  test('nothing typed, or too much, is said beside the words', async () => {
    const { lan } = await asked();
    const seen = await lan.seen(1);
    expect((await lan.post('/staff/ticket/1', { ...seen, do: 'answer', text: '  ' })).text).toContain('Chưa có chữ nào để gửi.');
    const long = await lan.post('/staff/ticket/1', { ...seen, do: 'answer', text: 'a'.repeat(2001) });
    expect(long.text).toContain('Lời này dài 2001 chữ cái. Cần dưới 2000.');
    expect(long.text).toContain(`${'a'.repeat(2001)}</textarea>`);
  });

  test('a nearest card is put below what was typed', async () => {
    const house = await station();
    await asks(house.url, 'trẻ bị co giật thì phải làm gì, gặp cán bộ');
    const lan = await joined(house, 'Lan');
    const page = await lan.post('/staff/ticket/1', { ...await lan.seen(1), do: 'card:5k.mask', text: 'Chào cô.' });
    expect(page.text).toMatch(/<textarea[^>]*>Chào cô\.\n\S[^<]+<\/textarea>/u);
  });
});

test('everybody who asked the same gets the answer by one press, and the page says how many', async () => {
  const house = await station();
  for (const text of ['máy xay lúa của xã sửa xong chưa', 'may xay lua cua xa sua xong chua', 'máy xay lúa của xã đã sửa xong chưa ạ']) {
    const { cookie } = await asks(house.url, text);
    // None of the three that the bot offers.
    await asks(house.url, '4', cookie);
  }
  const lan = await joined(house, 'Lan');
  const page = await lan.get('/staff/ticket/1');
  const others = [...page.text.matchAll(/name="with" value="([^"]+)" checked/gu)].map((match) => match[1] ?? '');
  expect(others.sort()).toEqual(['2:0', '3:0']);
  const sent = await lan.post('/staff/ticket/1', [...Object.entries({ ...await lan.seen(1), do: 'answer', text: WORDS }), ...others.map((each): [string, string] => ['with', each])]);
  expect(sent.location).toBe('/staff/ticket/1?told=answered&sent=3&left=0');
  expect((await lan.get(sent.location ?? '')).text).toContain('Đã ghi lời của anh chị cho 3 người.');
});

test('the command line gives a link that makes an account once, also before the program has ever run', async () => {
  const house = await station();
  const run = (...args: string[]) => atTerminal(['staff', ...args], { DATA_DIR: house.dataDir, PORT: new URL(house.url).port });
  const invited = await run('invite', '--name', 'Siu Thanh', '--role', 'answerer', '--json');
  const { link } = z.object({ link: z.string() }).parse(JSON.parse(invited.stdout));
  expect(link.startsWith(`${house.url}/staff/join/`)).toBe(true);
  const client = createClient(house.url);
  expect((await client.get(new URL(link).pathname)).text).toContain('Chào Siu Thanh');
  expect(await run('invite', '--name', 'Ai', '--role', 'vua')).toMatchObject({ status: 2, stderr: expect.stringContaining('answerer, broadcaster, editor, head') });
  expect(await run('invite')).toMatchObject({ status: 2 });
});

describe('who may come in', () => {
  test('a link in another program opens the console of whoever is logged in', async () => {
    const house = await station();
    const response = await fetch(`${house.url}/staff/ticket/1`, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(await response.text()).toContain('<meta http-equiv="refresh" content="0;url=/staff/ticket/1">');
  });

  test('the inbox, a ticket and an answer ask for a login; the first link makes the head, once', async () => {
    const house = await station();
    await asks(house.url, 'gặp cán bộ');
    const stranger = createClient(house.url);
    for (const path of ['/staff', '/staff/ticket/1', '/staff/account', '/staff/code']) {
      const door = await stranger.get(path);
      expect(door.status, path).toBe(401);
      expect(door.text, path).toContain('Mật khẩu');
      expect(door.text, path).not.toContain('gặp cán bộ');
    }
    expect(await stranger.get('/staff/join/khong-co')).toMatchObject({ status: 404 });
  });

  test('each page has a strict policy, and the cookie is kept from scripts and other sites', async () => {
    const house = await station();
    const door = await createClient(house.url).get('/staff');
    expect(door.headers.get('content-security-policy')).toBe("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    expect(door.headers.get('cache-control')).toBe('no-store');
    await joined(house, 'Lan');
    const response = await fetch(`${house.url}/staff/login`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ login: 'lan', password: PASSWORD }) });
    expect(response.headers.getSetCookie()[0]).toMatch(/^loa_staff=[\w-]{43}; Path=\/staff; HttpOnly; SameSite=Strict$/u);
  });

  test('the door says nothing about who works here: a name that nobody has meets the same pages, also when it is closed', async () => {
    const nowMs = Date.now();
    const house = await station({}, () => nowMs);
    await joined(house, 'Lan');
    for (let n = 0; n < 5; n += 1) {
      const [known, unknown] = await Promise.all(['lan', 'mai'].map(async (login) => {
        const response = await fetch(`${house.url}/staff/login`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ login, password: 'sai sai sai sai' }) });
        return { status: response.status, cookies: response.headers.getSetCookie(), page: (await response.text()).replace(`value="${login}"`, '') };
      }));
      expect(unknown).toEqual(known);
      expect(known?.status).toBe(n < 4 ? 401 : 429);
    }
  });

  test('a form from another site, or without its token, does nothing', async () => {
    const { house, lan } = await asked();
    const seen = await lan.seen(1);
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) expect((await lan.post('/staff/ticket/1', { ...seen, do: 'close' }, headers)).status).toBe(403);
    const forged = await lan.post('/staff/ticket/1', { version: seen.version, csrf: 'x', do: 'answer', text: WORDS });
    expect(forged.status).toBe(409);
    expect(forged.text).toContain(`${WORDS}</textarea>`);
    expect((await lan.post('/staff/logout', { csrf: '' })).status).toBe(403);
    expect(await house.store.read((tx) => tx.db.selectFrom('tickets').select('state').execute())).toEqual([{ state: 'open' }]);
  });

  test('reachable from outside, nobody gets past the door without a code', async () => {
    const house = await station({ PUBLIC_URL: 'https://tram.example' });
    const lan = createClient(house.url);
    const token = new URL(await house.link('Lan', 'head')).pathname;
    expect((await lan.post(token, { name: 'Lan', title: 'Y sĩ', login: 'lan', password: PASSWORD })).location).toBe('/staff');
    expect((await lan.get('/staff')).headers.get('location')).toBe('/staff/code');
    const page = await lan.get('/staff/code');
    const secret = /name="secret" value="([A-Z2-7]+)"/u.exec(page.text)?.[1] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/u.exec(page.text)?.[1] ?? '';
    expect((await lan.post('/staff/code', { csrf, secret, code: '000000' })).status).toBe(400);
    expect((await lan.post('/staff/code', { csrf, secret, code: codeAt(fromBase32(secret), Math.floor(Date.now() / 30_000)) })).location).toBe('/staff');
    expect((await lan.get('/staff')).status).toBe(200);
    lan.forget();
    expect((await lan.post('/staff/login', { login: 'lan', password: PASSWORD })).text).toContain('Cần thêm mã 6 số');
    expect((await lan.post('/staff/login', { login: 'lan', password: PASSWORD, code: codeAt(fromBase32(secret), Math.floor(Date.now() / 30_000) + 1) })).location).toBe('/staff');
  });

  test('roles and domains: who answers food sees food only, who broadcasts sees no questions, only the head invites', async () => {
    const { house } = await asked();
    const food = await joined(house, 'Gạo', 'answerer', ['food']);
    expect((await food.get('/staff')).text).toContain('Không còn câu nào chờ.');
    expect((await food.get('/staff/ticket/1')).status).toBe(404);
    const caster = await joined(house, 'Phát', 'broadcaster');
    const account = await caster.get('/staff');
    expect(account.text).toContain('Tài khoản này không trả lời câu hỏi.');
    const csrf = /name="csrf" value="([^"]+)"/u.exec(account.text)?.[1] ?? '';
    expect((await caster.post('/staff/account/invite', { csrf, name: 'Ai', role: 'head', domains: 'health' })).status).toBe(403);
    const head = await joined(house, 'Trưởng', 'head');
    const own = /name="csrf" value="([^"]+)"/u.exec((await head.get('/staff/account')).text)?.[1] ?? '';
    const invited = await head.post('/staff/account/invite', { csrf: own, name: 'Ai', role: 'answerer', domains: 'health' });
    expect(invited.text).toMatch(/\/staff\/join\/[\w-]{43}/u);
  });

  test('the sensitive class has no words in any list, and opening it is written down', async () => {
    const house = await station();
    await asks(house.url, 'tôi muốn chết');
    const lan = await joined(house, 'Lan');
    for (const shelf of ['waiting', 'free', 'done', 'mine']) expect((await lan.get(`/staff?shelf=${shelf}`)).text).not.toContain('tôi muốn chết');
    expect((await lan.get('/staff/ticket/1')).text).toContain('tôi muốn chết');
    expect(await house.store.read((tx) => tx.db.selectFrom('audit').select(['what', 'ticket_id']).where('what', '=', 'read').execute())).toEqual([{ what: 'read', ticket_id: 1 }]);
  });

  test('a lost phone is logged out from another browser', async () => {
    const house = await station();
    const phone = await joined(house, 'Lan');
    const desktop = createClient(house.url);
    await desktop.post('/staff/login', { login: 'lan', password: PASSWORD });
    const page = await desktop.get('/staff/account');
    const [session] = [...page.text.matchAll(/name="session" value="([^"]+)"/gu)].map((match) => match[1] ?? '');
    const csrf = /name="csrf" value="([^"]+)"/u.exec(page.text)?.[1] ?? '';
    await desktop.post('/staff/account/end-session', { csrf, session: session ?? '' });
    expect((await phone.get('/staff')).status).toBe(401);
    expect((await desktop.get('/staff')).status).toBe(200);
  });
});
