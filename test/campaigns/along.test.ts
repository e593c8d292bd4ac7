import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignStatus, createCampaign, editCampaign, planCampaign, retryFailed, startCampaign, stopCampaign, type CampaignPorts } from '#bot/campaigns/campaigns.ts';
import { voicesOf } from '#bot/campaigns/along.ts';
import { enclosePicture, encloseVoice } from '#bot/campaigns/enclosing.ts';
import { makePicture, PICTURE_BYTES } from '#bot/campaigns/picture.ts';
import { campaignReach } from '#bot/campaigns/reach.ts';
import { createCampaignRunner } from '#bot/campaigns/runner.ts';
import type { Channel, Sendable } from '#bot/channels/channel.ts';
import { speaking } from '#bot/voices/speaking.ts';
import { pictureFinder, soundFinder } from '#bot/voices/listen.ts';
import { keepRetention } from '#bot/residents/retention.ts';
import { pictureOf } from '#bot/store/campaign-pictures.ts';
import { campaignById } from '#bot/store/campaigns.ts';
import type { Store } from '#bot/store/store.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { hasFfmpeg } from '#test/voices/sounds.ts';
import { BY, DRAFT, NOON, platform, portsFor, residents, sending } from './ground.ts';
import { jpegWithNotes, png, vastPng } from './pictures.ts';

const SOUND = { noteType: 'audio/ogg', note: new Uint8Array([79, 103, 103, 83, 1, 2]), plain: null, millis: 31_000 };

/** A channel that remembers what it was given to send, sound and picture included. */
function remembering(store: Store, name: 'telegram' | 'web'): { channel: Channel; given: { address: string; piece: Sendable }[] } {
  const given: { address: string; piece: Sendable }[] = [];
  const plain = platform(name);
  const channel: Channel = { ...plain, send: async (address, piece) => {
    given.push({ address, piece });
    return plain.send(address, piece);
  } };
  const voices = { find: () => null, at: () => null, reads: () => null };
  return { given, channel: speaking(channel, { soundAt: soundFinder({ store, voices, clock: () => NOON }), pictureAt: pictureFinder(store), urlOf: () => null, say: () => '' }) };
}

async function drafted(ports: CampaignPorts): Promise<number> {
  const created = await createCampaign(ports, DRAFT, BY);
  if (!created.ok) throw new Error(created.problem.kind);
  return created.id;
}

onBothEngines((fresh) => {
  test('a picture and a voice go with the words; who speaks a language that is only read aloud reads Vietnamese and hears their own', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    await residents(ground.store, [{ address: 'vi' }, { address: 'jra', change: { lang: 'jra' } }, { address: 'bdq', change: { lang: 'bdq' } }]);
    const { channel, given } = remembering(ground.store, 'telegram');
    const id = await drafted(ports);
    expect(await enclosePicture(ports, id, { type: 'image/png', bytes: png(4, 4), alt: 'Cô y tá tiêm cho em bé' }, BY)).toEqual({ ok: true });
    expect(await encloseVoice(ports, id, 'jra', { speaker: 'Nay H’Mẫu', sound: SOUND }, BY)).toEqual({ ok: true });
    const planned = await planCampaign(ports, id);
    expect(planned).toMatchObject({ ok: true, plan: { vietnameseForWant: 1, languages: [{ lang: 'vi', hears: false }, { lang: 'jra', reads: 'vi', hears: true }, { lang: 'bdq', reads: 'vi', hears: false }] } });

    await using station = sending(ports, [channel]);
    station.dispatcher.wake();
    await startCampaign(ports, id, BY);
    await expect.poll(() => campaignStatus(ports, id)).toMatchObject({ ok: true, status: { state: 'done', audience: 3, sent: 3 } });
    await expect.poll(() => campaignReach(ports, id)).toMatchObject({ ok: true, reach: { audience: 3, boxes: { delivered: 2, voice: 1 } } });
    const of = (address: string): Sendable[] => given.filter((each) => each.address === address).map((each) => each.piece);
    expect(of('vi').map((piece) => [piece.picture?.alt, piece.sound])).toEqual([['Cô y tá tiêm cho em bé', undefined]]);
    expect(await of('vi')[0]?.image?.()).toMatchObject({ filename: expect.stringMatching(/\.png$/u) as unknown });
    expect(of('jra').map((piece) => piece.text.startsWith('Sáng thứ Tư'))).toEqual([true, false]);
    expect(of('jra')[1]?.sound).toMatchObject({ kind: 'file', personal: false });
    expect(of('bdq')).toHaveLength(1);
    // What has begun stays as it is.
    expect(await enclosePicture(ports, id, null, BY)).toMatchObject({ ok: false, problem: { kind: 'wrong-state' } });
  });

  test('a voice that reads words which were changed afterwards does not go out', async () => {
    await using ground = await fresh({ clock: () => NOON });
    const ports = portsFor(ground.store);
    const id = await drafted(ports);
    await encloseVoice(ports, id, 'vi', { speaker: 'Nguyễn Thị Mẫu', sound: SOUND }, BY);
    const pieces = async (): Promise<number> => {
      const planned = await planCampaign(ports, id);
      return planned.ok ? planned.plan.previews[0]?.pieces.length ?? 0 : -1;
    };
    expect(await pieces()).toBe(2);
    await editCampaign(ports, id, { ...DRAFT, content: { vi: 'Buổi tiêm dời sang thứ Năm.' } }, BY);
    expect(await pieces()).toBe(1);
  });

  test('pictures and voices of announcements that ended long ago are forgotten, and what is still to be said keeps its own', async () => {
    let nowMs = NOON;
    await using ground = await fresh({ clock: () => nowMs });
    const ports = portsFor(ground.store, () => nowMs);
    const enclosed = async (draft = DRAFT): Promise<number> => {
      const created = await createCampaign(ports, draft, BY);
      if (!created.ok) throw new Error(created.problem.kind);
      await enclosePicture(ports, created.id, { type: 'image/png', bytes: png(4, 4), alt: 'Cô y tá' }, BY);
      await encloseVoice(ports, created.id, 'vi', { speaker: 'Nguyễn Thị Mẫu', sound: SOUND }, BY);
      return created.id;
    };
    const along = (): Promise<[number, number][]> => ground.store.read(async (tx) => {
      const found: [number, number][] = [];
      for (const id of ids) {
        const it = await campaignById(tx, id);
        if (it !== null) found.push([(await pictureOf(tx, id)) === null ? 0 : 1, (await voicesOf(tx, it)).length]);
      }
      return found;
    });
    const forget = async (): Promise<number> => (await keepRetention(ground.store, { textDays: 90, nowMs })).along;
    await residents(ground.store, [{ address: 'mot' }]);
    const [old, weekly, draft] = [await enclosed(), await enclosed({ ...DRAFT, schedule: { kind: 'weekly', weekday: 1, hour: 8, minute: 0, until: null } }), await enclosed()];
    const ids = [old, weekly, draft];
    await startCampaign(ports, old, BY);
    await startCampaign(ports, weekly, BY);
    await stopCampaign(ports, old, BY);
    nowMs += 90 * 86_400_000;
    expect(await forget()).toBe(0);
    nowMs += 1;
    expect(await forget()).toBe(2);
    expect(await along()).toEqual([[0, 0], [1, 1], [1, 1]]);

    // One that repeats has ended when its last round has.
    const runner = createCampaignRunner({ ...ports, onTrouble: (error) => { throw error; } });
    await runner.look();
    await stopCampaign(ports, weekly, BY);
    await runner.stop();
    expect(await forget()).toBe(0);
    nowMs += 90 * 86_400_000 + 1;
    expect(await forget()).toBe(2);
    expect(await along()).toEqual([[0, 0], [0, 0], [1, 1]]);
  });

  test('somebody whose words were forgotten is not sent nothing by a retry: they stay in their box', async () => {
    let nowMs = NOON;
    await using ground = await fresh({ clock: () => nowMs });
    const ports = portsFor(ground.store, () => nowMs);
    await residents(ground.store, [{ address: 'mot' }]);
    const id = await drafted(ports);
    await using station = sending(ports, [platform('telegram', () => ({ kind: 'refused', why: 'chat-not-found' }))]);
    await startCampaign(ports, id, BY);
    station.dispatcher.wake();
    await expect.poll(() => campaignStatus(ports, id)).toMatchObject({ ok: true, status: { state: 'done', failed: 1 } });
    nowMs += 91 * 86_400_000;
    await keepRetention(ground.store, { textDays: 90, nowMs });
    expect(await retryFailed(ports, id, BY)).toEqual({ ok: true, repeated: 0 });
    expect(await campaignStatus(ports, id)).toMatchObject({ ok: true, status: { state: 'done', audience: 1, failed: 1 } });
  });
});

test.skipIf(!hasFfmpeg())('an upload becomes a small picture without what the camera wrote into it; what is none is refused', async () => {
  const made = await makePicture(png(3000, 1000));
  if (!made.ok) throw new Error(made.why);
  expect(made.picture.type).toBe('image/jpeg');
  expect(made.picture.bytes.length).toBeLessThanOrEqual(PICTURE_BYTES);
  // The width stands in the start of frame.
  const frame = Buffer.from(made.picture.bytes);
  const at = frame.indexOf(Buffer.from([0xff, 0xc0]));
  expect(frame.readUInt16BE(at + 7)).toBe(1280);
  expect(await makePicture(new Uint8Array())).toEqual({ ok: false, why: 'empty' });
  expect(await makePicture(Buffer.from('#EXTM3U\nfile:///etc/passwd'))).toEqual({ ok: false, why: 'not-picture' });
  expect(await makePicture(png(40, 40).slice(0, 20))).toEqual({ ok: false, why: 'not-picture' });
  // Some fifty kilobytes that are 200 million pixels.
  expect(await makePicture(vastPng())).toEqual({ ok: false, why: 'not-picture' });
});

test('without ffmpeg a small JPEG or PNG keeps its picture and loses its notes; nothing that comes in does harm', async () => {
  const without = { ffmpeg: '/nowhere/ffmpeg' };
  const made = await makePicture(jpegWithNotes('13.98,108.00'), without);
  expect(made.ok && Buffer.from(made.picture.bytes).toString('latin1')).not.toContain('13.98');
  expect(made.ok && Buffer.from(made.picture.bytes).subarray(-9)).toEqual(Buffer.from([0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9]));
  expect(await makePicture(png(40, 40, '13.98,108.00'), without)).toEqual({ ok: true, picture: { type: 'image/png', bytes: Buffer.from(png(40, 40)) } });
  const heads = fc.constantFrom([0xff, 0xd8, 0xff], [...png(40, 40).slice(0, 8)], [...png(40, 40).slice(0, 60)]);
  await fc.assert(fc.asyncProperty(heads, fc.uint8Array({ maxLength: 200 }), async (head, bytes) => {
    const result = await makePicture(Buffer.from([...head, ...bytes]), without);
    expect(result.ok || ['not-picture', 'needs-smaller'].includes(result.why)).toBe(true);
  }), { numRuns: 40 });
});
