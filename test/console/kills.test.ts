import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { start } from '#bot/app.ts';
import { readConfig } from '#bot/config.ts';
import { createLog } from '#bot/log.ts';
import { personById } from '#bot/store/people.ts';
import { messagesOf } from '#bot/store/held.ts';
import { openStore } from '#bot/store/store.ts';
import { asks, createClient, PASSWORD } from './house.ts';
import { live } from './lives.ts';

const KILLS = 8;

test('killed between “Gửi” and the arrival, again and again, the program loses no answer and says none twice', { timeout: 400_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'loa-console-kills-'));
  let life = await live(dataDir, { first: true });
  try {
    const made = await createClient(life.url).post(life.link, { name: 'Lan', title: 'Y sĩ', login: 'lan', password: PASSWORD });
    expect(made.status).toBe(303);
    for (let n = 0; n < KILLS; n += 1) await asks(life.url, `gặp cán bộ, câu số ${n}`);

    for (let n = 1; n <= KILLS; n += 1) {
      const staff = createClient(life.url);
      await staff.post('/staff/login', { login: 'lan', password: PASSWORD });
      const press = { ...await staff.seen(n), do: 'answer', text: `lời số ${n}` };
      const pressed = staff.post(`/staff/ticket/${n}`, press).then((answered) => answered.status, () => null);
      // Some die before anything is written, some between writing and sending, some after.
      await sleep(n * 5);
      life.child.kill('SIGKILL');
      await life.ended;
      const first = await pressed;
      life = await live(dataDir, { first: false });
      if (first === 303) continue;
      // What a person does who saw no answer: log in and press again, with the page as it was.
      const again = createClient(life.url);
      await again.post('/staff/login', { login: 'lan', password: PASSWORD });
      const { csrf } = await again.seen(n);
      expect([303, 409]).toContain((await again.post(`/staff/ticket/${n}`, { ...press, csrf })).status);
    }

    life.child.kill('SIGTERM');
    await life.ended;

    // A last life a minute on, when what the dead had claimed is free again.
    const config = readConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
    const opened = await openStore({ dataDir });
    if (!config.ok || !opened.ok) throw new Error('it did not open');
    const last = await start(config.config, { clock: () => Date.now() + 60_000, log: createLog('silent') });
    if (!last.ok) throw new Error(last.say);
    const { store } = opened;
    try {
      await expect.poll(() => store.read((tx) => tx.db.selectFrom('outbox').select('id').where('state', 'in', ['queued', 'sending']).execute())).toEqual([]);
      await expect.poll(() => store.read((tx) => tx.db.selectFrom('tickets').innerJoin('outbox', 'outbox.id', 'tickets.answer_outbox_id').select('tickets.id').where('tickets.state', '=', 'answered').where('outbox.state', '=', 'sent').execute())).toEqual([]);
      const tickets = await store.read((tx) => tx.db.selectFrom('tickets').innerJoin('outbox', 'outbox.id', 'tickets.answer_outbox_id').select(['tickets.id', 'tickets.person_id', 'tickets.state', 'outbox.state as sent']).orderBy('tickets.id').execute());
      expect(tickets.map((ticket) => ticket.id)).toEqual(Array.from({ length: KILLS }, (_, n) => n + 1));
      for (const ticket of tickets) {
        const person = await store.read((tx) => personById(tx, ticket.person_id));
        const talk = person === null ? [] : await store.read((tx) => messagesOf(tx, person));
        expect(talk.filter((message) => message.direction === 'out' && message.piece?.layout.form === 'person' && message.piece.layout.body === `lời số ${ticket.id}`)).toHaveLength(1);
        // An answer that was on its way when the process died is said to be in doubt, never passed off as delivered.
        expect([['delivered', 'sent'], ['answered', 'unknown']]).toContainEqual([ticket.state, ticket.sent]);
      }
    } finally {
      await store.close();
      await last.app.stop();
    }
  } finally {
    life.child.kill('SIGKILL');
    await life.ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
});
