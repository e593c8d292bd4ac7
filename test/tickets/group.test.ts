import { expect, onTestFinished, test } from 'vitest';
import { destroyPerson } from '#bot/store/erasure.ts';
import { startFakeZalo } from 'zalo-sdk-adapter/fake';
import { applyEffects } from '#bot/residents/effects.ts';
import { changePerson, findPerson, personAt } from '#bot/store/people.ts';
import { countTickets } from '#bot/store/tickets.ts';
import { asks } from '#test/console/house.ts';
import { hasFfmpeg, recorded } from '#test/voices/sounds.ts';
import { mondayMs } from '#test/monday.ts';
import { cardIn, GROUP, linked, openGroup, PATIENCE, QUESTION, textsIn } from './group-house.ts';

/** How questions are told, taken and answered in the staff's Telegram group, with the whole program against a Telegram of this machine. */

test('in a group without topics: a question comes as a card, a linked person takes it, answers by reply and closes it, and the resident hears them', async () => {
  const it = await openGroup();
  await linked(it, 'lan', 601);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  expect(card.text).toContain('#1 Câu hỏi, Y tế');
  expect(card.text).toContain(QUESTION);
  expect(card.text).toContain('Chưa ai nhận');

  const press = it.group.presses(601, 'Nhận', card.message_id);
  await expect.poll(() => it.fake.pressed(press)?.text, PATIENCE).toBe('Anh chị đang giữ câu này. Bà con đã được báo.');
  await expect.poll(async () => (await cardIn(it.fake)).text, PATIENCE).toContain('lan đang giữ');
  await expect.poll(() => textsIn(it.fake, 501), PATIENCE).toContainEqual('lan, Y sĩ, đang trả lời bà con. Máy im lặng từ bây giờ.');

  it.group.says(601, 'mọi người ăn cơm chưa');
  it.group.repliesTo(601, card.message_id, 'Dạ thứ Tư trạm phát lại ạ.');
  await expect.poll(() => textsIn(it.fake, 501), PATIENCE).toContainEqual('lan, Y sĩ:\nDạ thứ Tư trạm phát lại ạ.');
  await expect.poll(() => textsIn(it.fake, GROUP), PATIENCE).toContainEqual('Đã ghi lời của lan, đang gửi bà con.');
  // What the resident says meanwhile comes to the group.
  it.resident.says('mấy giờ ạ');
  await expect.poll(() => textsIn(it.fake, GROUP), PATIENCE).toContainEqual('Bà con viết thêm: “mấy giờ ạ”');

  it.group.presses(601, 'Đóng', card.message_id);
  await expect.poll(() => it.station.store.read(countTickets), PATIENCE).toMatchObject({ closed: 1 });
  await expect.poll(async () => (await cardIn(it.fake)).keyboard, PATIENCE).toBeNull();
  expect(textsIn(it.fake, 501).join('\n')).not.toContain('ăn cơm');
});

test('in a group with topics each ticket has one: whoever took it is heard there, others talk among themselves, and it closes with the ticket', async () => {
  const it = await openGroup({ forum: true });
  await linked(it, 'lan', 601);
  await linked(it, 'thanh', 602);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  const thread = card.threadId ?? 0;
  expect(it.fake.groups.get(GROUP)?.topics.get(thread)).toMatchObject({ name: '#1 Câu hỏi, Y tế', closed: false });

  it.group.saysInTopic(602, thread, 'chị Lan trả lời nhé');
  const press = it.group.presses(601, 'Nhận', card.message_id);
  await expect.poll(() => it.fake.pressed(press)?.answered, PATIENCE).toBe(true);
  await expect.poll(async () => (await cardIn(it.fake)).text, PATIENCE).toContain('lan đang giữ');
  it.group.saysInTopic(602, thread, 'nhớ dặn mang sổ');
  it.group.saysInTopic(601, thread, 'Dạ thứ Tư, nhớ mang sổ ạ.');
  await expect.poll(() => textsIn(it.fake, 501), PATIENCE).toContainEqual('lan, Y sĩ:\nDạ thứ Tư, nhớ mang sổ ạ.');
  expect(textsIn(it.fake, 501).join('\n')).not.toContain('chị Lan');
  expect(textsIn(it.fake, 501).join('\n')).not.toContain('nhớ dặn');
  it.group.presses(601, 'Đóng', card.message_id);
  await expect.poll(() => it.fake.groups.get(GROUP)?.topics.get(thread)?.closed, PATIENCE).toBe(true);
  // The resident comes back within three days: the same topic opens again.
  it.resident.says('mà vẫn chưa có thuốc huyết áp cho mế nhà mình');
  await expect.poll(() => it.fake.groups.get(GROUP)?.topics.get(thread)?.closed, PATIENCE).toBe(false);
  await expect.poll(() => it.fake.received(GROUP).filter((each) => each.threadId === thread).map((each) => each.text), PATIENCE).toContainEqual('Bà con viết thêm: “mà vẫn chưa có thuốc huyết áp cho mế nhà mình”');
});

test('two people cannot answer at once without seeing it; whoever is second may send all the same, and nobody else may press that', async () => {
  const it = await openGroup();
  await linked(it, 'lan', 601);
  await linked(it, 'thanh', 602);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  it.group.repliesTo(601, card.message_id, 'Thứ Tư phát.');
  it.group.repliesTo(602, card.message_id, 'Chiều nay phát.');
  await expect.poll(() => textsIn(it.fake, GROUP).some((text) => /^lan đã trả lời lúc .* Lời của anh chị chưa gửi\.$/u.test(text)), PATIENCE).toBe(true);
  expect(textsIn(it.fake, 501).join('\n')).not.toContain('Chiều nay');
  const refusal = it.fake.received(GROUP).find((each) => each.text.startsWith('lan đã trả lời lúc'));
  const strange = it.group.presses(601, 'Vẫn gửi', refusal?.message_id ?? 0);
  await expect.poll(() => it.fake.pressed(strange)?.text, PATIENCE).toBe('Nút này cũ rồi.');
  it.group.presses(602, 'Vẫn gửi', refusal?.message_id ?? 0);
  await expect.poll(() => textsIn(it.fake, 501), PATIENCE).toContainEqual('thanh, Y sĩ:\nChiều nay phát.');
  expect(textsIn(it.fake, 501).filter((text) => text.includes('Thứ Tư phát.'))).toHaveLength(1);
});

test('who is not known, and whose work it is not, answers nothing: they are told so and the resident hears nothing', async () => {
  const it = await openGroup();
  await linked(it, 'gao', 603, ['food']);
  it.fake.person(604);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  it.group.repliesTo(604, card.message_id, 'Để em trả lời');
  await expect.poll(() => textsIn(it.fake, GROUP).some((text) => text.startsWith('Máy chưa biết anh chị là ai')), PATIENCE).toBe(true);
  it.group.repliesTo(603, card.message_id, 'Thứ Năm');
  await expect.poll(() => textsIn(it.fake, GROUP).some((text) => text.startsWith('Câu này không thuộc phần việc')), PATIENCE).toBe(true);
  const press = it.group.presses(604, 'Nhận', card.message_id);
  await expect.poll(() => it.fake.pressed(press)?.text, PATIENCE).toMatch(/^Máy chưa biết/u);
  expect(await it.station.store.read(countTickets)).toMatchObject({ open: 1 });
  expect(textsIn(it.fake, 501)).toHaveLength(1);
});

test.skipIf(!hasFfmpeg())('an answer by voice reaches a resident as a voice note; a note that cannot be read is said so, and nothing is sent', async () => {
  const it = await openGroup();
  await linked(it, 'lan', 601);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  it.group.speaksTo(601, card.message_id, new Uint8Array([1, 2, 3]));
  await expect.poll(() => textsIn(it.fake, GROUP), PATIENCE).toContainEqual('Máy không lấy được lời nói này. Xin nói lại, hoặc viết bằng chữ.');
  expect(it.fake.received(501)).toHaveLength(1);
  it.group.speaksTo(601, card.message_id, recorded('ogg'));
  await expect.poll(() => it.fake.received(501).some((each) => each.kind === 'voice'), PATIENCE).toBe(true);
  const voice = it.fake.received(501).find((each) => each.kind === 'voice');
  expect(Buffer.from(it.fake.files.get(voice?.fileId ?? '')?.bytes ?? []).subarray(0, 4).toString()).toBe('OggS');
  expect(textsIn(it.fake, 501)).toContainEqual('lan, Y sĩ:\n(lời nói)');
  // Sealed with the person's key, and gone with them.
  const person = await it.station.store.read((tx) => findPerson(tx, 'telegram', '501'));
  await it.station.store.write((tx) => destroyPerson(tx, person?.id ?? ''));
  expect(await it.station.store.read((tx) => tx.db.selectFrom('spoken').select('token').execute())).toEqual([]);
});

test.skipIf(!hasFfmpeg())('what is spoken in a voice is asked where the resident chose Jrai; it goes at the press, and as Vietnamese where nobody presses', async () => {
  const it = await openGroup();
  await linked(it, 'lan', 601);
  await linked(it, 'nghe', 602);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  await it.station.store.write(async (tx) => changePerson(tx, (await findPerson(tx, 'telegram', '501'))?.id ?? '', { lang: 'jra' }));
  const spoken = (): Promise<string[]> => it.station.store.read(async ({ db }) => (await db.selectFrom('spoken').select('lang').orderBy('made_ms').execute()).map(({ lang }) => lang));
  const question = () => it.fake.received(GROUP).filter(({ text }) => text.startsWith('Lời này nói tiếng gì?'));

  it.group.speaksTo(601, card.message_id, recorded('ogg'));
  await expect.poll(() => question().length, PATIENCE).toBe(1);
  expect(await spoken()).toEqual([]);
  // Nobody but whoever spoke can say so.
  const strange = it.group.presses(602, 'Nói tiếng Jrai', question()[0]?.message_id ?? 0);
  await expect.poll(() => it.fake.pressed(strange)?.text, PATIENCE).toBe('Nút này cũ rồi.');
  const press = it.group.presses(601, 'Nói tiếng Jrai', question()[0]?.message_id ?? 0);
  await expect.poll(() => it.fake.pressed(press)?.text, PATIENCE).toBe('Đã ghi.');
  await expect.poll(spoken, PATIENCE).toEqual(['jra']);
  await expect.poll(() => textsIn(it.fake, GROUP), PATIENCE).toContainEqual('Đã ghi lời của lan, đang gửi bà con.');

  // The two minutes are over.
  it.group.speaksTo(601, card.message_id, recorded('ogg'));
  await expect.poll(() => question().length, PATIENCE).toBe(2);
  await it.station.store.write((tx) => tx.db.updateTable('notices').set({ not_before_ms: 0 }).where('kind', '=', 'voice').where('state', '=', 'queued').execute());
  await expect.poll(spoken, PATIENCE).toEqual(['jra', 'vi']);
  await expect.poll(() => textsIn(it.fake, GROUP), PATIENCE).toContainEqual('Đã ghi lời của lan là tiếng Việt, đang gửi bà con.');
});

test('a verdict on a rumour reaches everybody who passed on the same words, and nobody else', async () => {
  const it = await openGroup();
  await linked(it, 'lan', 601);
  const rumour = 'Cảnh báo khẩn: uống nước lá đu đủ với muối hột mỗi sáng thì khỏi bệnh trong một ngày, bác sĩ giấu không nói, chia sẻ ngay cho mọi người';
  const people = [it.resident, it.fake.person(502), it.fake.person(503)];
  for (const [n, person] of people.entries()) {
    person.forwards(n === 2 ? 'Thông báo: từ mai chợ xã nghỉ bán ba ngày, ai cần mua gì thì mua hôm nay kẻo hết hàng nhé mọi người' : `${rumour}${n === 1 ? ' nhé' : ''}`);
    await expect.poll(() => it.fake.received(person.id).some((each) => each.keyboard !== null), PATIENCE).toBe(true);
    person.presses('Kiểm tra');
    await expect.poll(() => textsIn(it.fake, person.id).at(-1) ?? '', PATIENCE).toContain('Mình đã chuyển tin này cho cán bộ trạm kiểm tra.');
  }
  const card = () => it.fake.received(GROUP).find((each) => each.text.startsWith('#1 Kiểm tra tin'));
  await expect.poll(() => card() !== undefined, PATIENCE).toBe(true);
  it.group.repliesTo(601, card()?.message_id ?? 0, 'Tin này sai, lá đu đủ không chữa khỏi.');
  for (const id of [501, 502]) await expect.poll(() => textsIn(it.fake, id), PATIENCE).toContainEqual('lan, Y sĩ:\nTin này sai, lá đu đủ không chữa khỏi.');
  expect(textsIn(it.fake, 503).join('\n')).not.toContain('Tin này sai');
});

test('an outbreak’s question is one card in the group, which counts who else asks it; one reply answers all of them', async () => {
  const it = await openGroup();
  await linked(it, 'lan', 601);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  const others = await Promise.all(Array.from({ length: 12 }, () => asks(it.station.url, QUESTION)));
  await asks(it.station.url, 'trạm còn phát gạo không, gặp cán bộ');
  await expect.poll(async () => (await cardIn(it.fake)).text.includes('#14 ') || it.fake.received(GROUP).some(({ text }) => text.startsWith('#14 ')), PATIENCE).toBe(true);
  const cards = (): { text: string }[] => it.fake.received(GROUP).filter(({ text }) => /^#\d+ /u.test(text));
  expect(new Set(cards().map(({ text }) => /^#\d+/u.exec(text)?.[0]))).toEqual(new Set(['#1', '#14']));
  await expect.poll(() => it.fake.received(GROUP).some(({ text }) => text.includes('Cùng hỏi câu này: thêm 12 người.')), PATIENCE).toBe(true);

  it.group.repliesTo(601, card.message_id, 'Dạ, sáng mai trạm phát lại.');
  await expect.poll(() => textsIn(it.fake, 501).some((text) => text.includes('sáng mai trạm phát lại')), PATIENCE).toBe(true);
  for (const { cookie } of others) {
    await expect.poll(async () => (await fetch(it.station.url, { headers: { cookie } })).text(), PATIENCE).toContain('sáng mai trạm phát lại');
  }
  await expect.poll(async () => (await it.station.store.read(countTickets)).open, PATIENCE).toBe(1);
});

test('of those who are told as one, the group hears how many an answer reaches only when they write again', async () => {
  const zalo = await startFakeZalo({});
  onTestFinished(() => zalo.stop());
  const it = await openGroup({ env: { ZALO_APP_ID: zalo.app.appId, ZALO_APP_SECRET: zalo.app.appSecret, ZALO_OA_SECRET_KEY: zalo.app.oaSecretKey, ZALO_API_ROOT: zalo.url, ZALO_OAUTH_ROOT: zalo.url } });
  await linked(it, 'lan', 601);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  await it.station.store.write(async (tx) => {
    const person = await personAt(tx, 'zalo', 'z1');
    await changePerson(tx, person.id, { lastInboundMs: mondayMs() - 50 * 3_600_000 });
    await applyEffects(tx, person, [{ kind: 'ticket', ticket: { kind: 'question', domain: 'health', priority: 'normal', question: QUESTION, offered: [], reasons: ['score'] } }], null);
  });
  await asks(it.station.url, QUESTION);
  await expect.poll(() => it.fake.received(GROUP).some(({ text }) => text.includes('thêm 2 người.') && text.includes('Trong đó 1 người nhận sau')), PATIENCE).toBe(true);
  it.group.repliesTo(601, card.message_id, 'Dạ, sáng mai trạm phát lại.');
  await expect.poll(() => textsIn(it.fake, GROUP).some((text) => /^Đã ghi lời của lan, đang gửi bà con\.\nTrong đó 1 người nhận sau, khi họ nhắn lại/u.test(text)), PATIENCE).toBe(true);
});

test('when the question that stood for others is closed without an answer, the next of them is told by itself', async () => {
  const it = await openGroup();
  const lan = await linked(it, 'lan', 601);
  await asks(it.station.url, QUESTION);
  await cardIn(it.fake);
  await asks(it.station.url, QUESTION);
  await expect.poll(() => it.fake.received(GROUP).some(({ text }) => text.includes('thêm 1 người')), PATIENCE).toBe(true);
  await lan.console.post('/staff/ticket/1', { ...await lan.console.seen(1), do: 'close' });
  await expect.poll(async () => {
    // Its time to be looked at again has come, unless it is being looked at just now and put off once more.
    await it.station.store.write((tx) => tx.db.updateTable('notices').set({ not_before_ms: 0 }).where('state', '=', 'queued').execute());
    return it.fake.received(GROUP).some(({ text }) => text.startsWith('#2 '));
  }, { interval: 500 }).toBe(true);
});
