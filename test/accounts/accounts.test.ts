import { expect, test } from 'vitest';
import { beginSession, endSession, invitationOf, invite, join, loggedIn, logIn, loginOf, SESSION_IDLE_MS, setUpCode, setUpToken, waitAfterMs } from '#bot/accounts/accounts.ts';
import { codeAt, fromBase32, newSecret } from '#bot/accounts/totp.ts';
import { endAccount, sessionsOf } from '#bot/store/accounts.ts';
import { rotateMasterKey } from '#bot/store/rotation.ts';
import type { Store } from '#bot/store/store.ts';
import { onBothEngines } from '#test/store/engines.ts';

const NOW_MS = Date.parse('2026-11-23T08:00:00+07:00');
const DAY_MS = 24 * 60 * 60_000;
const FORM = { login: 'H’Lan', name: 'Rơ Mah H’Lan', title: 'Y sĩ', password: 'mot hai ba bon' };

onBothEngines((fresh) => {
  async function open() {
    const time = { nowMs: NOW_MS };
    const ground = await fresh({ clock: () => time.nowMs });
    return { store: ground.store, time, [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose]() };
  }

  test('the set-up link makes one account, once, within a day; the newest is the one that holds', async () => {
    await using house = await open();
    const { store, time } = house;
    const named = await store.write((tx) => invite(tx, { name: 'Siu Thanh', role: 'answerer', domains: ['social'], byAccount: null }));
    const old = await given(store.write(setUpToken));
    const token = await given(store.write(setUpToken));
    expect(await join(store, old, FORM)).toEqual({ ok: false, faults: [] });
    time.nowMs += DAY_MS;
    expect(await join(store, token, FORM)).toEqual({ ok: false, faults: [] });
    const again = await given(store.write(setUpToken));
    expect(await join(store, again, FORM)).toMatchObject({ ok: true, account: { login: 'hlan', role: 'head', domains: ['health', 'social', 'food', 'order'] } });
    expect(await join(store, again, { ...FORM, login: 'khac' })).toEqual({ ok: false, faults: [] });
    expect(await store.write(setUpToken)).toBeNull();
    expect(await store.read((tx) => invitationOf(tx, named))).toMatchObject({ name: 'Siu Thanh' });
  });

  test('an invitation carries name, role and domains, and says which field is wrong without being used up', async () => {
    await using house = await open();
    const { store } = house;
    await head(store);
    const token = await store.write((tx) => invite(tx, { name: 'Siu Thanh', role: 'answerer', domains: ['social'], byAccount: null }));
    expect(await store.read((tx) => invitationOf(tx, token))).toMatchObject({ name: 'Siu Thanh', role: 'answerer' });
    expect(await join(store, token, { login: 'x', name: '', title: '', password: 'ngan' })).toMatchObject({ ok: false, faults: [{ field: 'name' }, { field: 'title' }, { field: 'login' }, { field: 'password' }] });
    expect(await join(store, token, FORM)).toEqual({ ok: false, faults: [{ field: 'login', why: 'taken' }] });
    expect(await join(store, token, { ...FORM, login: 'thanh' })).toMatchObject({ ok: true, account: { role: 'answerer', domains: ['social'] } });
  });

  test('the right password logs in; wrong ones cost more and more time, also for whoever has the right one', async () => {
    await using house = await open();
    const { store, time } = house;
    await head(store);
    const guess = (password: string) => logIn(store, { login: 'hlan', password, code: '' }, time.nowMs);
    expect(await guess(FORM.password)).toMatchObject({ ok: true });
    for (let n = 0; n < 4; n += 1) expect(await guess('sai sai sai sai')).toEqual({ ok: false, why: 'wrong' });
    expect(await guess(FORM.password)).toEqual({ ok: false, why: 'wait', waitMs: 2000 });
    time.nowMs += 2000;
    expect(await guess('sai sai sai sai')).toEqual({ ok: false, why: 'wrong' });
    expect(await guess(FORM.password)).toEqual({ ok: false, why: 'wait', waitMs: 4000 });
    time.nowMs += 4000;
    expect(await guess(FORM.password)).toMatchObject({ ok: true });
    expect(await logIn(store, { login: 'khong-co', password: FORM.password, code: '' }, time.nowMs)).toEqual({ ok: false, why: 'wrong' });
  });

  test('a name that nobody has, and one whose account has ended, are answered and closed like any other', async () => {
    await using house = await open();
    const { store, time } = house;
    await head(store);
    const leaving = await join(store, await store.write((tx) => invite(tx, { name: 'Siu Thanh', role: 'answerer', domains: [], byAccount: null })), { ...FORM, login: 'thanh' });
    if (!leaving.ok) throw new Error('no account');
    await store.write((tx) => endAccount(tx, leaving.account.id));
    const logins = ['hlan', 'thanh', 'khong.co'];
    const guess = (login: string) => logIn(store, { login, password: 'sai sai sai sai', code: '' }, time.nowMs);
    for (const passMs of [0, 0, 0, 0, 1999, 1, 0, 4000, 8000, 60_000]) {
      time.nowMs += passMs;
      const [known, ended, unknown] = await Promise.all(logins.map(guess));
      expect(ended).toEqual(known);
      expect(unknown).toEqual(known);
    }
    expect(await guess('khong.co')).toMatchObject({ ok: false, why: 'wait' });
    // What was typed is not kept as it was: it may have been a password.
    const rows = await store.read((tx) => tx.db.selectFrom('wrong_logins').selectAll().execute());
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toMatch(/khong|hlan|thanh/u);
  });

  test('a count of wrong passwords that is long past is forgotten, with its row', async () => {
    await using house = await open();
    const { store, time } = house;
    await head(store);
    const guess = (login: string) => logIn(store, { login, password: 'sai sai sai sai', code: '' }, time.nowMs);
    for (let n = 0; n < 4; n += 1) for (const login of ['hlan', 'khong.co']) await guess(login);
    expect(await guess('khong.co')).toMatchObject({ why: 'wait' });
    time.nowMs += DAY_MS / 4;
    for (let n = 0; n < 4; n += 1) expect(await guess('hlan')).toEqual({ ok: false, why: 'wrong' });
    expect(await guess('hlan')).toEqual({ ok: false, why: 'wait', waitMs: 2000 });
    expect(await store.read((tx) => tx.db.selectFrom('wrong_logins').select('failed').execute())).toEqual([{ failed: 4 }]);
    time.nowMs += 2000;
    expect(await logIn(store, { login: 'hlan', password: FORM.password, code: '' }, time.nowMs)).toMatchObject({ ok: true });
    expect(await store.read((tx) => tx.db.selectFrom('wrong_logins').selectAll().execute())).toEqual([]);
  });

  test('ten guesses at once are no more than ten in a row', async () => {
    await using house = await open();
    const { store, time } = house;
    await head(store);
    for (const login of ['hlan', 'khong.co']) {
      const guesses = await Promise.all(Array.from({ length: 10 }, () => logIn(store, { login, password: 'sai sai sai sai', code: '' }, time.nowMs)));
      expect(guesses.filter((guess) => !guess.ok && guess.why === 'wrong')).toHaveLength(4);
      expect(guesses.filter((guess) => !guess.ok && guess.why === 'wait')).toHaveLength(6);
    }
  });

  test('once a code is set up no login does without it, each code counts once, and a new master key changes nothing', async () => {
    await using house = await open();
    const { store, time } = house;
    const id = await head(store);
    const secret = newSecret();
    const code = (): string => codeAt(fromBase32(secret), Math.floor(time.nowMs / 30_000));
    expect(await store.write((tx) => setUpCode(tx, id, secret, '000000'))).toBe(false);
    expect(await store.write((tx) => setUpCode(tx, id, secret, code()))).toBe(true);
    await rotateMasterKey(store);
    const enter = (typed: string) => logIn(store, { login: 'hlan', password: FORM.password, code: typed }, time.nowMs);
    expect(await enter('')).toEqual({ ok: false, why: 'code' });
    expect(await enter(code())).toEqual({ ok: false, why: 'code' });
    time.nowMs += 60_000;
    expect(await enter(code())).toMatchObject({ ok: true });
    expect(await enter(code())).toEqual({ ok: false, why: 'code' });
    const kept = await store.read((tx) => tx.db.selectFrom('accounts').selectAll().executeTakeFirstOrThrow());
    expect(Buffer.from(kept.totp_sealed ?? []).toString('latin1')).not.toContain(secret);
  });

  test('a browser stays logged in until it is ended, idle or old; only a hash of its cookie is kept', async () => {
    await using house = await open();
    const { store, time } = house;
    const id = await head(store);
    const [phone, desktop] = [await store.write((tx) => beginSession(tx, id, 'phone')), await store.write((tx) => beginSession(tx, id, 'desktop'))];
    expect(await loggedIn(store, phone, time.nowMs)).toMatchObject({ account: { name: FORM.name } });
    expect(await loggedIn(store, 'another', time.nowMs)).toBeNull();
    const sessions = await store.read((tx) => sessionsOf(tx, id, SESSION_IDLE_MS));
    expect(sessions.map((session) => session.agent).sort()).toEqual(['desktop', 'phone']);
    expect(JSON.stringify(sessions)).not.toContain(phone);
    const hash = sessions.find((session) => session.agent === 'phone')?.idHash ?? '';
    await store.write((tx) => endSession(tx, id, hash, 'session-ended'));
    expect(await loggedIn(store, phone, time.nowMs)).toBeNull();
    for (let hours = 0; hours < 7 * 24; hours += 11) {
      time.nowMs = NOW_MS + hours * 60 * 60_000;
      expect(await loggedIn(store, desktop, time.nowMs)).not.toBeNull();
    }
    time.nowMs = NOW_MS + 7 * DAY_MS;
    expect(await loggedIn(store, desktop, time.nowMs)).toBeNull();
    const idle = await store.write((tx) => beginSession(tx, id, 'idle'));
    time.nowMs += SESSION_IDLE_MS;
    expect(await loggedIn(store, idle, time.nowMs)).toBeNull();
  });
});

test('a login is small letters without marks, however it is typed', () => {
  expect(['Đinh Thị Byưh', 'Rơ Mah H’Lan', ' siu.thanh ', 'ab', '!!!'].map(loginOf)).toEqual(['dinhthibyuh', 'romahhlan', 'siu.thanh', null, null]);
});

test('the wait doubles and ends at fifteen minutes', () => {
  expect([1, 3, 4, 5, 9, 30].map(waitAfterMs)).toEqual([0, 0, 2000, 4000, 64_000, 900_000]);
});

async function head(store: Store): Promise<string> {
  const made = await join(store, await given(store.write(setUpToken)), FORM);
  if (!made.ok) throw new Error('no account');
  return made.account.id;
}

async function given<T>(value: Promise<T | null>): Promise<T> {
  const found = await value;
  if (found === null) throw new Error('nothing there');
  return found;
}
