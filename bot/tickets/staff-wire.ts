/**
 * The staff's side of a messenger: private chats of those who linked their account, and the station's own group. What a
 * platform calls things stays behind it.
 */
export type StaffWire = {
  /** The station's group; null where none is configured. It changes when a group is upgraded. */
  groupChatId(): Promise<string | null>;
  /** The group has topics and we may open them. */
  hasTopics(): Promise<boolean>;
  post(post: StaffPost): Promise<WireResult<number>>;
  /** Puts other words and buttons in the place of a message of ours; already so is as well. */
  edit(at: MessageAt, text: string, buttons: readonly StaffButton[]): Promise<WireResult<true>>;
  /** Takes a message away; already away is as well. */
  remove(at: MessageAt): Promise<WireResult<true>>;
  /** Opens a topic; gives its id. */
  openTopic(name: string): Promise<WireResult<number>>;
  setTopic(threadId: number, state: 'open' | 'closed'): Promise<WireResult<true>>;
  /** Takes a topic away with everything in it. */
  removeTopic(threadId: number): Promise<WireResult<true>>;
  /** The bytes of a voice note that somebody of the station sent. */
  download(fileId: string): Promise<WireResult<Uint8Array>>;
};

export type StaffButton = { label: string; value: string };

/** `quiet`: it rings on no phone. */
export type StaffPost = { chatId: string; threadId: number | null; replyTo: number | null; text: string; buttons: readonly StaffButton[]; quiet: boolean };

export type MessageAt = { chatId: string; messageId: number };

export type WireFault =
  /** Not now, or nobody knows whether it came about: try again from this instant on (epoch ms). */
  | { kind: 'later'; notBeforeMs: number; why: string }
  /** The topic is gone. */
  | { kind: 'no-topic' }
  /** The chat cannot be reached: they blocked us, or we were put out of the group. */
  | { kind: 'gone'; why: string }
  | { kind: 'refused'; why: string };

export type WireResult<T> = { ok: true; result: T } | { ok: false; fault: WireFault };

/** What somebody did on the staff's side. `key` is the platform's own id of it, so that it counts once. */
export type StaffAct = { key: string; chatId: string; userId: string } & (
  | { kind: 'said'; messageId: number; replyTo: number | null; threadId: number | null; text: string }
  | { kind: 'spoke'; messageId: number; replyTo: number | null; threadId: number | null; fileId: string }
  /** `quoted`: the message that the pressed one answers, if the platform still shows it. */
  | { kind: 'pressed'; value: string; quoted: { userId: string; messageId: number; text: string } | null }
  | { kind: 'link'; code: string }
);

/** Values of the buttons under our messages to staff begin so. */
export const STAFF_BUTTON = 's:';
