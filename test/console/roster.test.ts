import { expect, test } from 'vitest';
import { joined, openStation, type Client } from './house.ts';

const MONDAY = '2026-11-23';
const DAYS = ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29'];

test('the head writes the weekly roster, reads what it lacks, copies it to the next week; others only read it', async () => {
  const station = await openStation({}, () => Date.parse('2026-11-23T08:00:00+07:00'));
  try {
    const head = await joined(station, 'hanh', 'head');
    const other = await joined(station, 'lan');
    const empty = await head.get('/staff/roster');
    expect(empty.text).toContain('Mới có 0 số điện thoại');
    for (const [n, line] of ['health', 'support', 'order', 'always'].entries()) {
      expect((await adds(head, line, { name: `Người ${line}`, phone: `0900 000 00${n}` })).status).toBe(303);
    }
    const full = await head.get(`/staff/roster?week=${MONDAY}`);
    expect(full.text).toContain('Tuần này đủ người trực, 4 số điện thoại');

    const csrf = await csrfOf(head);
    expect((await head.post('/staff/roster', { csrf, week: '2026-11-30', do: 'copy' })).location).toBe('/staff/roster?week=2026-11-30');
    expect((await head.get('/staff/roster?week=2026-11-30')).text).toContain('Tuần này đủ người trực');
    await head.post('/staff/roster', { csrf, week: '2026-11-30', do: 'drop:order|0900 000 002|Người order' });
    expect((await head.get('/staff/roster?week=2026-11-30')).text).toContain('An ninh trật tự: chưa có ai trực cả tuần.');

    expect((await other.get('/staff/roster')).text).toContain('Người health');
    expect((await adds(other, 'health', { name: 'Ai đó', phone: '0900 000 009' })).status).toBe(403);
  } finally {
    await station.stop();
  }
});

test('what is missing in the form is said, and what was typed stays', async () => {
  const station = await openStation({}, () => Date.parse('2026-11-23T08:00:00+07:00'));
  try {
    const head = await joined(station, 'hanh', 'head');
    const noPhone = await adds(head, 'order', { name: 'Ông Công An', phone: 'gọi sau' });
    expect(noPhone.status).toBe(400);
    expect(noPhone.text).toContain('Số điện thoại chưa đúng');
    expect(noPhone.text).toContain('value="Ông Công An"');
    expect(noPhone.text).toContain('<option value="order" selected>');
  } finally {
    await station.stop();
  }
});

test('from Friday afternoon on, the inbox of who writes the roster says that next week lacks people, until it does not', async () => {
  const time = { nowMs: Date.parse('2026-11-27T13:59:00+07:00') };
  const station = await openStation({}, () => time.nowMs);
  try {
    const head = await joined(station, 'hanh', 'head');
    const other = await joined(station, 'lan');
    const reminder = 'Lịch trực tuần từ 30/11/2026 còn thiếu người';
    expect((await head.get('/staff')).text).not.toContain(reminder);
    time.nowMs += 60_000;
    expect((await head.get('/staff')).text).toContain(reminder);
    expect((await other.get('/staff')).text).not.toContain(reminder);
    const csrf = await csrfOf(head);
    for (const [n, line] of ['health', 'support', 'order', 'always'].entries()) {
      await head.post('/staff/roster', [['csrf', csrf], ['week', '2026-11-30'], ['do', 'add'], ['line', line], ['name', `Người ${line}`], ['phone', `0900 000 00${n}`], ...[30, 1, 2, 3, 4, 5, 6].map((day): [string, string] => ['day', day === 30 ? '2026-11-30' : `2026-12-0${day}`])]);
    }
    expect((await head.get('/staff')).text).not.toContain(reminder);
  } finally {
    await station.stop();
  }
});

async function csrfOf(client: Client): Promise<string> {
  const { text } = await client.get('/staff/account');
  return /name="csrf" value="([^"]+)"/u.exec(text)?.[1] ?? '';
}

async function adds(client: Client, line: string, person: { name: string; phone: string }): ReturnType<Client['post']> {
  return client.post('/staff/roster', [['csrf', await csrfOf(client)], ['week', MONDAY], ['do', 'add'], ['line', line], ['account', ''], ['name', person.name], ['phone', person.phone], ...DAYS.map((day): [string, string] => ['day', day])]);
}
