import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Zalo's webhook signature: the SHA-256 (no HMAC) of app id, body as received, the event's time and the secret key of
 * the Official Account, one after the other, in hexadecimal. The key is the one on the app's webhook page, not the app
 * secret of the token endpoint; confusing the two is the most common mistake in setting a Zalo bot up.
 */
export function webhookMac(of: { appId: string; body: Uint8Array; timestamp: string; oaSecretKey: string }): Buffer {
  return createHash('sha256').update(of.appId).update(of.body).update(of.timestamp).update(of.oaSecretKey).digest();
}

/** The value of the header `X-ZEvent-Signature` for a body, in the form `mac=<hex>`. */
export function signWebhook(of: { appId: string; body: Uint8Array; timestamp: string; oaSecretKey: string }): string {
  return `mac=${webhookMac(of).toString('hex')}`;
}

/** The bytes that a signature header names, with or without `mac=`, in either case; undefined when it is neither. */
export function readSignature(header: string): Buffer | undefined {
  const hex = /^(?:mac=)?([0-9a-f]{64})$/i.exec(header.trim())?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}

/** Compares two digests in a time that does not depend on where they differ. */
export function sameDigest(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
