import { expect, test } from 'vitest';
import { noteMissed } from '#bot/campaigns/missed.ts';
import { addCampaign } from '#bot/store/campaigns.ts';
import { destroyPerson } from '#bot/store/erasure.ts';
import { findPerson } from '#bot/store/people.ts';
import { newLinkCode } from '#bot/store/staff-links.ts';
import { asks, joined } from '#test/console/house.ts';
import { cardIn, GROUP, linked, openGroup, PATIENCE, QUESTION, textsIn } from './group-house.ts';

/** Who reads which words in the staff's Telegram group and beside it, and what is taken back. */

test('`notify` shows number, kind and waiting time and no word of the question; so does `full` for what came by the web; the answer arrives all the same', async () => {
  const it = await openGroup({ full: false });
  await linked(it, 'lan', 601);
  it.resident.says(QUESTION);
  const card = await cardIn(it.fake);
  expect(card.text).toContain('#1 Câu hỏi, Y tế');
  expect(card.text).toMatch(/Chờ \d+ phút\. Đã hẹn trả lời trước/u);
  expect(card.text).not.toContain('mế');
  it.group.repliesTo(601, card.message_id, 'Thứ Tư phát.');
  await expect.poll(() => textsIn(it.fake, 501), PATIENCE).toContainEqual('lan, Y sĩ:\nThứ Tư phát.');
  it.resident.says('mấy giờ ạ');
  await expect.poll(() => textsIn(it.fake, GROUP).some((text) => text.startsWith('Bà con viết thêm ở câu số 1')), PATIENCE).toBe(true);
  expect(textsIn(it.fake, GROUP).join('\n')).not.toContain('mấy giờ');

  const whole = await openGroup();
  await asks(whole.station.url, QUESTION);
  expect((await cardIn(whole.fake)).text).not.toContain('mế');
});

test('a danger sign comes to the duty person and to the group, and the resident reads that staff were told only then; the sensitive class comes to one person without a word', async () => {
  const it = await openGroup();
  await linked(it, 'lan', 601);
  it.resident.says('con tôi co giật, gọi không dậy');
  await expect.poll(() => textsIn(it.fake, 501).some((text) => /^Đã báo cho cán bộ trạm lúc \d+:\d\d\./u.test(text)), PATIENCE).toBe(true);
  await expect.poll(() => textsIn(it.fake, 601).some((text) => text.startsWith('#1 Dấu hiệu nguy hiểm, Y tế. Khẩn')), PATIENCE).toBe(true);
  expect(textsIn(it.fake, 601).join('\n')).not.toContain('co giật');
  expect(textsIn(it.fake, 501).filter((text) => text.startsWith('Đã báo'))).toHaveLength(1);

  await joined(it.station, 'hanh', 'head');
  const hanh = await it.station.store.read((tx) => tx.db.selectFrom('accounts').select('id').where('login', '=', 'hanh').executeTakeFirstOrThrow());
  const phone = it.fake.person(605);
  phone.says(`/noi ${await it.station.store.write((tx) => newLinkCode(tx, hanh.id))}`);
  await expect.poll(() => textsIn(it.fake, 605), PATIENCE).toHaveLength(1);
  const other = it.fake.person(502);
  other.says('tôi muốn chết');
  // Nobody is on the roster: it goes to the head alone.
  await expect.poll(() => textsIn(it.fake, 605).some((text) => text.startsWith('Câu số 2 chỉ anh chị mở.')), PATIENCE).toBe(true);
  expect(textsIn(it.fake, 605).join('\n')).not.toContain('chết');
  expect(textsIn(it.fake, GROUP).join('\n')).not.toContain('#2');
  expect(textsIn(it.fake, 601).join('\n')).not.toContain('số 2');
});

test('whoever broadcasts and is linked hears of rounds that went out to nobody', async () => {
  const it = await openGroup();
  await linked(it, 'lan', 601);
  await it.station.store.write(async (tx) => {
    await tx.db.updateTable('accounts').set({ role: 'broadcaster' }).where('name', '=', 'lan').execute();
    const id = await addCampaign(tx, { kind: 'general', title: 'Bản tin tuần', urgent: false, audience: '', content: { vi: 'Tin' }, schedule: { kind: 'now' }, createdBy: null, expiresMs: null, parentId: null });
    await noteMissed(tx, id, [1, 2]);
  });
  await expect.poll(() => textsIn(it.fake, 601).some((text) => text.startsWith('Tin “Bản tin tuần” bị lỡ 2 lần gửi')), PATIENCE).toBe(true);
});

test('who tries one code after another is told that it is wrong, also of the right one', async () => {
  const it = await openGroup();
  await joined(it.station, 'lan');
  const { id } = await it.station.store.read((tx) => tx.db.selectFrom('accounts').select('id').where('login', '=', 'lan').executeTakeFirstOrThrow());
  const code = await it.station.store.write((tx) => newLinkCode(tx, id));
  const guesser = it.fake.person(666);
  for (let tries = 1; tries <= 6; tries += 1) {
    guesser.says(`/noi ${tries === 6 ? code : String((Number(code) + tries) % 100_000_000).padStart(8, '0')}`);
    await expect.poll(() => textsIn(it.fake, 666), PATIENCE).toHaveLength(tries);
  }
  expect(new Set(textsIn(it.fake, 666))).toEqual(new Set(['Mã này sai hoặc đã cũ. Lấy mã mới ở trang cán bộ, mục Tài khoản.']));
  // The code itself is as good as before for whom it was made.
  it.fake.person(601).says(`/noi ${code}`);
  await expect.poll(() => textsIn(it.fake, 601), PATIENCE).toEqual(['Đã nối với lan. Từ giờ máy báo cho anh chị ở đây khi trực.']);
});

test('erasing a person takes their words out of the group: a topic goes as a whole, a message goes, and where neither is allowed its text does', async () => {
  for (const forum of [true, false]) {
    const it = await openGroup({ forum });
    await linked(it, 'lan', 601);
    it.resident.says(QUESTION);
    const card = await cardIn(it.fake);
    if (!forum) it.fake.faults.add({ method: 'deleteMessage', fault: { kind: 'error', status: 400, description: 'Bad Request: message can\'t be deleted for everyone' } });
    const person = await it.station.store.read((tx) => findPerson(tx, 'telegram', '501'));
    await it.station.store.write((tx) => destroyPerson(tx, person?.id ?? ''));
    await expect.poll(() => textsIn(it.fake, GROUP).join('\n'), PATIENCE).not.toContain('mế');
    if (forum) expect(it.fake.groups.get(GROUP)?.topics.has(card.threadId ?? 0)).toBe(false);
    else expect(textsIn(it.fake, GROUP)).toHaveLength(1);
  }
});
