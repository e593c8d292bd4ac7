import { describe, expect, test } from 'vitest';
import { isObject, parseJson } from '../json.ts';
import { done } from '../result.ts';
import { ANONYMOUS_MESSAGES, OA_MESSAGES, USER_MESSAGES, type ZaloEvent } from '../webhook/events.ts';
import { readEvent } from '../webhook/read-event.ts';
import { ZaloRouter, type Answerer } from '../webhook/router.ts';

const OA = '579745863508352884';
const USER = '2512523625412515';

describe('ids', () => {
  test('larger than 2^53 keep every digit, even when they come as bare numbers', () => {
    const event = read(`{"app_id":1234567890123456789,"event_name":"user_send_text","timestamp":1790000000000,"sender":{"id":9007199254740993},"recipient":{"id":${OA}},"message":{"msg_id":12345678901234567890,"text":"số 9007199254740993"}}`);
    expect(event).toMatchObject({ app_id: '1234567890123456789', user_id: '9007199254740993', oa_id: OA, message: { msg_id: '12345678901234567890', text: 'số 9007199254740993' } });
  });

  test('inside a text with quotes and backslashes are left alone', () => {
    const tricky = JSON.stringify({ a: 'nói: "12345678901234567890" \\', b: 1 });
    expect(parseJson(`${tricky.slice(0, -1)},"c":12345678901234567890}`)).toEqual({ a: 'nói: "12345678901234567890" \\', b: 1, c: '12345678901234567890' });
  });
});

describe('who is who', () => {
  test.each([...USER_MESSAGES, ...ANONYMOUS_MESSAGES])('in %s the person is the sender', (name) => {
    expect(make(name, { sender: { id: USER }, recipient: { id: OA } })).toMatchObject({ event_name: name, user_id: USER, oa_id: OA });
  });
  test.each([...OA_MESSAGES])('in %s the person is the recipient', (name) => {
    expect(make(name, { sender: { id: OA }, recipient: { id: USER } })).toMatchObject({ event_name: name, user_id: USER, oa_id: OA });
  });
  test('a person of the station who answers in the manager is told from an echo by admin_id', () => {
    expect(make('oa_send_text', { sender: { id: OA, admin_id: '5' }, recipient: { id: USER } })).toMatchObject({ sender: { admin_id: '5' } });
    expect(make('oa_send_text', { sender: { id: OA }, recipient: { id: USER } })).toMatchObject({ sender: { admin_id: null } });
  });
  test('a receipt is understood in both directions once the account is known', () => {
    for (const [sender, recipient] of [[OA, USER], [USER, OA]]) {
      const event = make('user_received_message', { sender: { id: sender }, recipient: { id: recipient } }, OA);
      expect(event).toMatchObject({ event_name: 'user_received_message', user_id: USER, oa_id: OA, message: { delivery_time: null } });
    }
  });
});

describe('shapes that exist twice', () => {
  test('a place as an attachment and as texts beside it', () => {
    const place = { latitude: 13.98, longitude: 108.0 };
    const attached = make('user_send_location', { message: { msg_id: 'a', attachments: [{ type: 'location', payload: { coordinates: { latitude: '13.98', longitude: '108.0' } } }] } });
    const beside = make('user_send_location', { message: { msg_id: 'b', location: place } });
    for (const event of [attached, beside]) expect(event).toMatchObject({ message: { attachments: [{ type: 'location', payload: { coordinates: place } }] } });
  });
  test('contact data with old and new names', () => {
    const older = make('user_submit_info', { info: { name: 'H’Mai', phone: 84912345678, address: 'Plei Ốp', city: 'Gia Lai', district: 'Pleiku', ward: 'Hoa Lư' } });
    const newer = make('user_submit_info', { info: { name: 'H’Mai', phone: '84912345678', user_dob: '01/02/1990', gender: 'female', full_address: { user_city: 'Gia Lai', user_ward: 'Hoa Lư', user_address: 'Plei Ốp' } } });
    expect(older).toMatchObject({ info: { phone: '84912345678', address: 'Plei Ốp', city: 'Gia Lai', district: 'Pleiku', ward: 'Hoa Lư', user_dob: null } });
    expect(newer).toMatchObject({ info: { phone: '84912345678', address: 'Plei Ốp', city: 'Gia Lai', district: null, ward: 'Hoa Lư', user_dob: '01/02/1990' } });
  });
  test('seen receipts with one id and with many', () => {
    expect(make('user_seen_message', { message: { msg_ids: ['1', '2'] } })).toMatchObject({ message: { msg_ids: ['1', '2'] } });
    expect(make('user_seen_message', { message: { msg_id: '1' } })).toMatchObject({ message: { msg_ids: ['1'] } });
  });
});

test('voice, stickers, files and business cards come as typed attachments', () => {
  const attachments = (name: string, type: string, payload: object) => make(name, { message: { msg_id: 'x', attachments: [{ type, payload }] } });
  expect(attachments('user_send_audio', 'audio', { url: 'https://z/a.amr' })).toMatchObject({ message: { attachments: [{ type: 'audio', payload: { url: 'https://z/a.amr' } }] } });
  expect(attachments('user_send_sticker', 'sticker', { id: 'ab', url: 'https://z/s' })).toMatchObject({ message: { attachments: [{ type: 'sticker', payload: { id: 'ab' } }] } });
  expect(attachments('user_send_file', 'file', { url: 'u', name: 'so-tiem.pdf', size: '2048' })).toMatchObject({ message: { attachments: [{ type: 'file', payload: { size: 2048 } }] } });
  expect(attachments('user_send_business_card', 'link', { description: '{"phone":"84900000000","qrCodeUrl":"https://q"}' })).toMatchObject({
    message: { attachments: [{ type: 'business_card', payload: { phone: '84900000000', qr_code_url: 'https://q' } }] },
  });
  expect(attachments('user_send_image', 'hologram', { a: 1 })).toMatchObject({ message: { attachments: [{ type: 'unknown', name: 'hologram' }] } });
});

test('follow, unfollow, chat-now and withdrawal name the person', () => {
  const flat = (name: string, rest: object) => read(JSON.stringify({ app_id: '1', event_name: name, timestamp: '1790000000000', oa_id: OA, ...rest }));
  expect(flat('follow', { follower: { id: USER }, source: 'oa_profile' })).toMatchObject({ event_name: 'follow', user_id: USER, source: 'oa_profile' });
  expect(flat('unfollow', { follower: { id: USER } })).toMatchObject({ event_name: 'unfollow', user_id: USER, source: null });
  expect(flat('user_click_chatnow', { user_id: USER })).toMatchObject({ event_name: 'user_click_chatnow', user_id: USER });
  expect(flat('user_withdraw', { user_id: USER })).toMatchObject({ event_name: 'user_withdraw', user_id: USER });
});

describe('what is not understood is kept', () => {
  test('a new name', () => {
    expect(make('user_send_hologram', {})).toMatchObject({ event_name: 'unknown', name: 'user_send_hologram', why: 'new_name' });
  });
  test.each(['constructor', '__proto__', 'toString'])('the name %s', (name) => {
    expect(make(name, {})).toMatchObject({ event_name: 'unknown', name });
  });
  test('a known name with a shape that cannot be read', () => {
    expect(make('user_send_text', { message: { text: 'không có mã' } })).toMatchObject({ event_name: 'unknown', name: 'user_send_text', why: 'unreadable' });
  });
});

test('the key of an event is the same each time it is delivered and different for another', () => {
  const once = make('user_send_text', {});
  expect(make('user_send_text', {}).key).toBe(once.key);
  expect(make('user_send_text', { message: { msg_id: 'other', text: 'x' } }).key).not.toBe(once.key);
  const like = (icon: string, timestamp: string) => make('user_reacted_message', { timestamp, message: { msg_id: 'm', react_icon: icon } }).key;
  expect(like('/-heart', '1790000000000')).not.toBe(like('/-heart', '1790000000001'));
});

describe('the router', () => {
  test('leads an event to the handlers of its name, in order, while they call next', async () => {
    const { router, seen } = listening();
    router
      .use((_, next) => (seen.push('all'), next()))
      .on('follow', () => void seen.push('follow'))
      .hears('#lich', () => void seen.push('heard'))
      .on(['user_send_text', 'user_send_image'], async ({ event, reply }) => {
        seen.push(`message ${event.message.msg_id}`);
        await reply('Dạ');
      })
      .use(() => void seen.push('rest'));
    await router.handle(make('user_send_text', {}));
    await router.handle(make('user_send_text', { message: { msg_id: 'b', text: '#lich' } }));
    await router.handle(make('user_send_sticker', {}));
    expect(seen).toEqual(['all', 'message m1', `to ${USER}: Dạ`, 'all', 'heard', 'all', 'rest']);
  });

  test('hears a pattern each time, also one with the global flag', async () => {
    const { router, seen } = listening();
    router.hears(/tiêm/g, () => void seen.push('heard'));
    for (const id of ['1', '2']) await router.handle(make('user_send_text', { message: { msg_id: id, text: 'lịch tiêm' } }));
    expect(seen).toEqual(['heard', 'heard']);
  });

  test('hands what a handler throws to the caller', async () => {
    const { router } = listening();
    router.use(() => Promise.reject(new Error('no')));
    await expect(router.handle(make('follow', { follower: { id: '1' }, oa_id: OA }))).rejects.toThrow('no');
  });
});

function listening() {
  const seen: string[] = [];
  const oa: Answerer = { sendText: (to, text) => (seen.push(`to ${to}: ${text}`), Promise.resolve(done({ message_id: '1' }))) };
  return { router: new ZaloRouter(oa), seen };
}

function make(name: string, change: object, oaId: string | null = null): ZaloEvent {
  const body = { app_id: '1', event_name: name, timestamp: '1790000000000', sender: { id: USER }, recipient: { id: OA }, message: { msg_id: 'm1', text: 'chào' }, ...change };
  return read(JSON.stringify(body), oaId);
}

function read(body: string, oaId: string | null = null): ZaloEvent {
  const raw = parseJson(body);
  const event = isObject(raw) ? readEvent(raw, oaId) : undefined;
  if (event === undefined) throw new Error('not an event');
  return event;
}
