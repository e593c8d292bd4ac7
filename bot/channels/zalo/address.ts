/** Where a person is met: a user of the account, or somebody who wrote without being signed in, whose answers also need the conversation. */
export type ZaloAddress = { kind: 'user'; userId: string } | { kind: 'anonymous'; anonymousId: string; conversationId: string };

/** `2512523625412515`, or `anon/77/abc`. */
export function writeAddress(address: ZaloAddress): string {
  return address.kind === 'user' ? address.userId : `anon/${address.anonymousId}/${address.conversationId}`;
}

/** Null for what no address of this channel looks like. */
export function readAddress(address: string): ZaloAddress | null {
  const [, anonymousId, conversationId] = /^anon\/([^/]+)\/([^/]+)$/.exec(address) ?? [];
  if (anonymousId !== undefined && conversationId !== undefined) return { kind: 'anonymous', anonymousId, conversationId };
  return /^[\w.+:=-]{1,200}$/.test(address) ? { kind: 'user', userId: address } : null;
}
