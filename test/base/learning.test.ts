import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '#bot/config.ts';
import { verb } from '#bot/verbs/knowledge.ts';
import { createTexts } from '#locales/texts.ts';
import { publishCard, type Editing } from '#bot/base/edit.ts';
import { formOf } from '#bot/base/form.ts';
import { loadPrivateWords } from '#bot/llm/redact.ts';
import { keepAnswer, standingAnswers } from '#bot/store/station-words.ts';
import { member } from '#test/tickets/house.ts';
import { exportBase, importBase } from '#bot/base/exchange.ts';
import { staffChanges, watchKnowledge } from '#bot/conversation/live-knowledge.ts';
import { openKnowledge } from '#bot/conversation/open-knowledge.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { personAt } from '#bot/store/people.ts';
import { addOutside, drafts, keepDraft, knowledgeCounter, liveRevisions, outsideQuestions, publish, revisionsOf } from '#bot/store/revisions.ts';
import { openTicket } from '#bot/store/tickets.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { formatCard } from '#knowledge/card-file.ts';
import type { Card } from '#knowledge/card.ts';
import { loadUnderstanding } from '#knowledge/understanding.ts';
import { KNOWLEDGE_DIR } from '#bot/conversation/assemble.ts';
import { cardPrint } from '#knowledge/revisions.ts';

const PLACE = 'knowledge/places/mau';
const TODAY = '2026-11-22';
const NOW_MS = Date.parse('2026-11-22T08:00:00+07:00');
const understanding = await loadUnderstanding(KNOWLEDGE_DIR);

/** Another card of the station's own, about something that the base has never heard of. */
function own(card: Card): Card {
  const asked = ['máy xay lúa của xã để ở đâu', 'máy xay lúa xã mình nằm chỗ nào', 'cho hỏi máy xay lúa của xã ở mô', 'may xay lua cua xa de o dau', 'muốn xay lúa thì tới máy xay của xã chỗ nào'];
  return { ...card, id: 'contact.rice-mill', topic: 'contact', question: 'Máy xay lúa của xã ở đâu?', variants: asked, answer: 'Máy xay lúa của xã ở nhà kho cạnh {{station.name}}.', more: null, clinical: null, related: [], review: { status: 'sourced' } };
}

onBothEngines((fresh) => {
  test('an answer that the station gave to whoever asked the same ends once a card gives it; others go on', async () => {
    await using ground = await fresh();
    const { store } = ground;
    const lan = await member(store, 'Lan');
    const since = await store.read(knowledgeCounter);
    const knowledge = await openKnowledge(PLACE, NOW_MS, understanding, staffChanges(store));
    const watch = watchKnowledge(store, knowledge, { since, clock: () => NOW_MS, onTrouble: (error) => { throw error; } });
    try {
      const kept = (ticketId: number, question: string) => store.write((tx) => keepAnswer(tx, { ticketId, kind: 'question', question, answer: 'Dạ…', accountId: lan.accountId }));
      await kept(1, 'máy xay lúa của xã để ở đâu');
      await kept(2, 'sân bóng xã khi nào làm xong');
      await kept(3, 'cái máy đó còn chạy không');
      const card = own(knowledge.base().cards[0] ?? raise());
      const editing: Editing = { store, knowledge, published: watch.look, hidden: loadPrivateWords() };
      await store.write((tx) => keepDraft(tx, { cardId: card.id, text: JSON.stringify(formOf(card)), of: null, accountId: lan.accountId, ticketId: 3 }));
      expect(await publishCard(editing, card, { accountId: lan.accountId, seen: '', what: 'card-published' })).toBe('done');
      expect((await store.read(standingAnswers)).map(({ ticketId }) => ticketId)).toEqual([2]);
    } finally {
      watch.stop();
    }
  });

  test('what is published is told by every process within seconds, without a restart', async () => {
    await using ground = await fresh();
    const other = await ground.beside();
    const open = async (store: typeof other) => {
      const since = await store.read(knowledgeCounter);
      const knowledge = await openKnowledge(PLACE, NOW_MS, understanding, staffChanges(store));
      return { knowledge, watch: watchKnowledge(store, knowledge, { since, clock: () => NOW_MS, onTrouble: (error) => { throw error; } }) };
    };
    const [a, b] = [await open(ground.store), await open(other)];
    try {
      const card = own(a.knowledge.base().cards[0] ?? raise());
      expect(b.knowledge.current().judge('máy xay lúa của xã để ở đâu', { nowMs: NOW_MS }).outcome).not.toBe('answer');
      await ground.store.write((tx) => publish(tx, { cardId: card.id, text: formatCard(card), of: null, accountId: null }));
      await a.watch.look();
      for (const { knowledge } of [a, b]) {
        await expect.poll(() => knowledge.current().judge('máy xay lúa của xã để ở đâu', { nowMs: NOW_MS })).toMatchObject({ outcome: 'answer', cardId: card.id });
      }
      // The measurement of the base is still the one that was made: nobody becomes unsure by somebody's edit.
      expect(a.knowledge.understanding().calibration).toBe(understanding.calibration);
    } finally {
      a.watch.stop();
      b.watch.stop();
    }
  });

  test('a card has one draft, and every published state of it is kept', async () => {
    await using ground = await fresh();
    const { store } = ground;
    const text = (answer: string) => ({ cardId: '5k.mask', text: answer, of: null, accountId: null });
    await store.write((tx) => keepDraft(tx, text('một')));
    await store.write((tx) => keepDraft(tx, text('hai')));
    expect((await store.read(drafts)).map((each) => each.text)).toEqual(['hai']);
    expect(await store.read(liveRevisions)).toEqual([]);
    await store.write((tx) => publish(tx, text('ba')));
    await store.write((tx) => publish(tx, text('bốn')));
    expect(await store.read(drafts)).toEqual([]);
    expect(await store.read(liveRevisions)).toEqual([{ cardId: '5k.mask', text: 'bốn', of: null }]);
    expect((await store.read((tx) => revisionsOf(tx, '5k.mask'))).map((each) => each.text)).toEqual(['bốn', 'ba']);
    expect(await store.read(knowledgeCounter)).toBe(2);
  });

  test('a draft made of somebody\'s question goes when they are erased; what was published stays', async () => {
    await using ground = await fresh();
    const { store } = ground;
    const { personId, ticketId } = await store.write(async (tx) => {
      const person = await personAt(tx, 'web', 'someone');
      return { personId: person.id, ticketId: await openTicket(tx, person, { kind: 'question', domain: 'health', priority: 'normal', question: 'x', offered: [], reasons: [] }, null) };
    });
    await store.write(async (tx) => {
      await keepDraft(tx, { cardId: 'a.draft', text: 'x', of: null, accountId: null, ticketId });
      await addOutside(tx, { theme: 'services', question: 'x', state: 'draft', accountId: null, ticketId });
      await publish(tx, { cardId: 'a.card', text: 'y', of: null, accountId: null, ticketId });
      await destroyPerson(tx, personId);
    });
    expect(await store.read(drafts)).toEqual([]);
    expect(await store.read(outsideQuestions)).toEqual([]);
    expect(await store.read(liveRevisions)).toHaveLength(1);
  });
});

onBothEngines((fresh) => {
  test('what is exported and imported elsewhere is told there as it was here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loa-export-'));
    try {
      await using here = await fresh();
      const knowledge = await openKnowledge(PLACE, NOW_MS, understanding, staffChanges(here.store));
      const mask = knowledge.base().cards.find(({ id }) => id === '5k.mask') ?? raise();
      const changed = { ...mask, answer: 'Bà con đeo khẩu trang khi ho, sốt. Lời này trạm mới sửa.' };
      await here.store.write(async (tx) => {
        await publish(tx, { cardId: mask.id, text: formatCard(changed), of: cardPrint(mask), accountId: null });
        await publish(tx, { cardId: 'contact.rice-mill', text: formatCard(own(mask)), of: null, accountId: null });
        await addOutside(tx, { theme: 'services', question: 'máy gặt của xã cho mượn không', state: 'published', accountId: null, ticketId: null });
      });
      const out = await exportBase(here.store, { placeDir: PLACE, today: TODAY, to: folder });
      expect(out).toEqual({ files: [join(folder, '5k/5k.mask.md'), join(folder, 'contact/contact.rice-mill.md')], questions: 1 });
      expect(readFileSync(join(folder, '5k/5k.mask.md'), 'utf8')).toBe(formatCard(changed));

      await using there = await fresh();
      expect(await importBase(there.store, { placeDir: PLACE, today: TODAY, from: folder })).toEqual({ published: ['5k.mask', 'contact.rice-mill'], unchanged: [], refused: [], questions: 1 });
      expect(await there.store.read(liveRevisions)).toEqual(await here.store.read(liveRevisions));
      expect((await staffChanges(there.store)()).outside).toEqual((await staffChanges(here.store)()).outside);
      expect(await importBase(there.store, { placeDir: PLACE, today: TODAY, from: folder })).toEqual({ published: [], unchanged: ['5k.mask', 'contact.rice-mill'], refused: [], questions: 0 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('an export when nobody changed anything makes its folder and says so; where nothing can be written, it says that', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loa-export-'));
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }); });
  const config = readConfig({ DATA_DIR: join(folder, 'data') });
  if (!config.ok) throw new Error('no settings');
  const texts = await createTexts();
  const run = async (...args: string[]) => {
    const out = new PassThrough();
    return { code: await verb.run(args, { config: config.config, texts, out, err: out, input: out }), said: String(out.read()) };
  };
  const to = join(folder, 'tram', 'loi');
  expect(await run('export', '--to', to)).toEqual({ code: 0, said: 'Chưa ai sửa lời nào ở trang cán bộ, nên không có gì để ghi.\n' });
  expect(readdirSync(to)).toEqual([]);
  expect(await run('import', to)).toMatchObject({ code: 0 });
  writeFileSync(join(folder, 'tep'), '');
  expect(await run('export', '--to', join(folder, 'tep'))).toEqual({ code: 1, said: `Không ghi được vào ${join(folder, 'tep')}. Xem đó có phải thư mục, có được ghi và đĩa còn chỗ không.\n` });
});

function raise(): never {
  throw new Error('the base has no such card');
}
