import type { FakeWebhookSender, Twist } from './webhook-sender.ts';
import { newMessageId, type FakeSent, type FakeUser, type World } from './world.ts';

/** A person with Zalo on their phone. What they do moves their window and reaches the webhook. */
export class FakePerson {
  readonly user: FakeUser;
  readonly #world: World;
  readonly #webhook: FakeWebhookSender;

  constructor(user: FakeUser, world: World, webhook: FakeWebhookSender) {
    this.user = user;
    this.#world = world;
    this.#webhook = webhook;
  }

  get id(): string {
    return this.user.id;
  }

  /** What the account has sent this person. */
  get received(): FakeSent[] {
    return this.#world.sent.filter(({ to }) => to === this.user.id);
  }

  /** Resolves to the message's id once the webhook has been tried. */
  writes(text: string, twist: Twist = {}, more: { quote_msg_id?: string } = {}): Promise<string> {
    return this.#message('user_send_text', { text, ...more }, twist);
  }

  /** A tap on a button: Zalo sends its payload as a text. */
  taps(payload: string, twist: Twist = {}): Promise<string> {
    return this.writes(payload, twist);
  }

  sendsImage(url: string, text?: string): Promise<string> {
    return this.#attachment('user_send_image', 'image', { url, thumbnail: url }, text === undefined ? {} : { text });
  }

  sendsVoice(url: string): Promise<string> {
    return this.#attachment('user_send_audio', 'audio', { url });
  }

  sendsSticker(id: string, url: string): Promise<string> {
    return this.#attachment('user_send_sticker', 'sticker', { id, url });
  }

  sendsFile(file: { url: string; name: string; size: number }): Promise<string> {
    return this.#attachment('user_send_file', 'file', { ...file, size: String(file.size), type: 'pdf', checksum: '0'.repeat(32) });
  }

  /** Two shapes of this are known: the place as an attachment, or beside it as texts. */
  sendsLocation(place: { latitude: number; longitude: number }, shape: 'attachment' | 'beside' = 'attachment'): Promise<string> {
    if (shape === 'attachment') return this.#attachment('user_send_location', 'location', { coordinates: place });
    return this.#message('user_send_location', { location: { latitude: String(place.latitude), longitude: String(place.longitude) } }, {});
  }

  /** Two shapes of this are known as well. */
  async submitsInfo(info: { name: string; phone: string; city: string; ward: string; address: string }, shape: 'new' | 'old' = 'new'): Promise<void> {
    const { name, phone, city, ward, address } = info;
    const body = shape === 'old' ? { ...info, district: '' } : { name, phone, user_dob: '', gender: '', full_address: { user_city: city, user_ward: ward, user_address: address } };
    this.#interacts();
    await this.#webhook.send({ ...this.#envelope('user_submit_info'), ...this.#parties(), info: body });
  }

  async follows(source = 'oa_profile'): Promise<void> {
    this.user.follows = true;
    this.#interacts();
    await this.#webhook.send({ ...this.#envelope('follow'), oa_id: this.#world.app.oaId, follower: { id: this.user.id }, source });
  }

  async unfollows(): Promise<void> {
    this.user.follows = false;
    await this.#webhook.send({ ...this.#envelope('unfollow'), oa_id: this.#world.app.oaId, follower: { id: this.user.id }, source: 'oa_profile' });
  }

  async clicksChatNow(): Promise<void> {
    this.#interacts();
    await this.#webhook.send({ ...this.#envelope('user_click_chatnow'), oa_id: this.#world.app.oaId, user_id: this.user.id });
  }

  /** Uses the right to have their data erased. */
  async withdraws(): Promise<void> {
    await this.#webhook.send({ ...this.#envelope('user_withdraw'), oa_id: this.#world.app.oaId, user_id: this.user.id });
  }

  async reacts(messageId: string, icon: string): Promise<void> {
    await this.#webhook.send({ ...this.#envelope('user_reacted_message'), ...this.#parties(), message: { msg_id: messageId, react_icon: icon } });
  }

  /** The phone shows the message. The account is the sender, as three running programs report. */
  async sees(messageIds: string[]): Promise<void> {
    await this.#webhook.send({ ...this.#envelope('user_seen_message'), ...this.#fromOa(), message: { msg_ids: messageIds } });
  }

  /** Somebody of the station answers this person in Zalo's own manager. */
  async isAnsweredByHand(text: string, adminId = '1111222233334444'): Promise<string> {
    const id = newMessageId();
    await this.#webhook.send({ ...this.#envelope('oa_send_text'), ...this.#fromOa(adminId), message: { msg_id: id, text } });
    return id;
  }

  /** The echo of a message that the API sent, and the receipt for it. */
  async isSent(sent: FakeSent): Promise<void> {
    const names: Partial<Record<FakeSent['kind'], string>> = { text: 'oa_send_text', buttons: 'oa_send_text', image: 'oa_send_image', gif: 'oa_send_gif', file: 'oa_send_file', list: 'oa_send_list' };
    const name = names[sent.kind];
    if (name !== undefined) await this.#webhook.send({ ...this.#envelope(name), ...this.#fromOa(), message: { msg_id: sent.message_id, text: sent.text ?? '' } });
    await this.#webhook.send({ ...this.#envelope('user_received_message'), ...this.#fromOa(), message: { msg_id: sent.message_id } });
  }

  #attachment(name: string, type: string, payload: object, more: object = {}): Promise<string> {
    return this.#message(name, { ...more, attachments: [{ type, payload }] }, {});
  }

  async #message(name: string, message: object, twist: Twist): Promise<string> {
    this.#interacts();
    const id = newMessageId();
    await this.#webhook.send({ ...this.#envelope(name), ...this.#parties(), message: { ...message, msg_id: id } }, twist);
    return id;
  }

  #interacts(): void {
    this.user.lastInteractionMs = this.#world.clock.now();
    this.user.away = false;
  }

  #envelope(name: string) {
    return { app_id: this.#world.app.appId, event_name: name, timestamp: String(this.#world.clock.now()), user_id_by_app: this.user.idByApp };
  }

  #parties() {
    return { sender: { id: this.user.id }, recipient: { id: this.#world.app.oaId } };
  }

  #fromOa(adminId?: string) {
    return { sender: { id: this.#world.app.oaId, ...(adminId === undefined ? {} : { admin_id: adminId }) }, recipient: { id: this.user.id } };
  }
}
