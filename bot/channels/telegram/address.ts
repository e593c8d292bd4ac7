/**
 * Where a person is met. In a private chat that is the chat. In a group it is the person in that group (and topic): what
 * one neighbour chose is not the choice of another, and the answer goes where the question was asked.
 */
export type Address = { chatId: number; userId: number | null; threadId: number | null };

/** `42`, or `-100123/42`, or `-100123/42/7`. */
export function writeAddress({ chatId, userId, threadId }: Address): string {
  if (userId === null) return String(chatId);
  return threadId === null ? `${chatId}/${userId}` : `${chatId}/${userId}/${threadId}`;
}

/** Null for what no Telegram address looks like. */
export function readAddress(address: string): Address | null {
  const [, chat, user, thread] = /^(-?\d{1,16})(?:\/(\d{1,16})(?:\/(\d{1,16}))?)?$/.exec(address) ?? [];
  if (chat === undefined) return null;
  return { chatId: Number(chat), userId: user === undefined ? null : Number(user), threadId: thread === undefined ? null : Number(thread) };
}
