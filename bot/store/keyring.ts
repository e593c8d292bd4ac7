import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { MasterKey, MasterKeyFile } from './master-key.ts';

/**
 * Sealing and opening. Every person has a data key of their own; it is stored only wrapped by the master key, so a
 * database file, its WAL or a backup says nothing without the key file, and destroying a person's wrapped key makes
 * all they ever wrote unreadable. AES-256-GCM throughout; what a sealed value is and whose it is are authenticated
 * with it, so a value moved to another column or person does not open.
 */

/** A person's data key, unwrapped. Stays in memory for the length of a job. */
export type PersonKey = { readonly personId: string; readonly key: Buffer };

/** What a sealed value is; part of what is authenticated. */
export type SealUse = 'address' | 'inbox' | 'piece' | 'question' | 'context' | 'child' | 'reminder' | 'voice' | 'totp';

export type WrappedKey = { masterId: string; wrapped: Uint8Array };

export type KeyRing = {
  /** A new data key for a person, and its form wrapped by the master key with this id. */
  create: (personId: string, masterId: string) => { personKey: PersonKey; wrapped: WrappedKey };
  /** Throws `KeyLost` when the key file no longer holds the master key, or the bytes are not a key of this person. */
  unwrap: (personId: string, wrapped: WrappedKey) => PersonKey;
  /** The same data key wrapped by another master key. */
  rewrap: (personId: string, wrapped: WrappedKey, masterId: string) => WrappedKey;
  seal: (key: PersonKey, use: SealUse, content: string | Uint8Array) => Uint8Array;
  /** Throws `KeyLost` when the bytes were not sealed for this use with this key. */
  open: (key: PersonKey, use: SealUse, sealed: Uint8Array) => string;
  /** The same for what was sealed as bytes. */
  openBytes: (key: PersonKey, use: SealUse, sealed: Uint8Array) => Uint8Array;
  /** A keyed hash of an address: equal addresses are found, nothing can be guessed without the master key. */
  addressHash: (channel: string, address: string) => string;
};

/** A key that should open something does not: the wrong key file, or damaged bytes. Never holds what was sealed. */
export class KeyLost extends Error {
  override name = 'KeyLost';
}

const FORM = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `lookupKey` hashes addresses; it is made once and survives rotations of the master key. */
export function createKeyRing(file: MasterKeyFile, lookupKey: Buffer): KeyRing {
  const master = (id: string): MasterKey => {
    const found = file.byId(id);
    if (!found) throw new KeyLost(`the master key file does not hold the key ${id} that this store was written with`);
    return found;
  };
  const unwrap = (personId: string, { masterId, wrapped }: WrappedKey): PersonKey =>
    ({ personId, key: decrypt(master(masterId).key, `key:${personId}`, wrapped) });
  const wrap = ({ personId, key }: PersonKey, masterId: string): WrappedKey =>
    ({ masterId, wrapped: encrypt(master(masterId).key, `key:${personId}`, key) });

  return {
    create: (personId, masterId) => {
      const personKey = { personId, key: randomBytes(32) };
      return { personKey, wrapped: wrap(personKey, masterId) };
    },
    unwrap,
    rewrap: (personId, wrapped, masterId) => wrap(unwrap(personId, wrapped), masterId),
    seal: ({ personId, key }, use, content) => encrypt(key, `${use}:${personId}`, typeof content === 'string' ? Buffer.from(content, 'utf8') : content),
    open: ({ personId, key }, use, sealed) => decrypt(key, `${use}:${personId}`, sealed).toString('utf8'),
    openBytes: ({ personId, key }, use, sealed) => decrypt(key, `${use}:${personId}`, sealed),
    addressHash: (channel, address) => createHmac('sha256', lookupKey).update(`${channel}\0${address}`).digest('base64url'),
  };
}

/** Seals the station's own small secrets (such as the lookup key) directly under the master key, as text. */
export function sealForStation(master: MasterKey, use: string, secret: Buffer): string {
  return `${master.id}:${Buffer.from(encrypt(master.key, `station:${use}`, secret)).toString('base64')}`;
}

/** Opens what `sealForStation` made; throws `KeyLost` when the key file cannot. */
export function openForStation(file: MasterKeyFile, use: string, sealed: string): Buffer {
  const [id = '', bytes = ''] = sealed.split(':');
  const master = file.byId(id);
  if (!master) throw new KeyLost(`the master key file does not hold the key ${id} that this store was written with`);
  return decrypt(master.key, `station:${use}`, Buffer.from(bytes, 'base64'));
}

/** Made once a key rather than at each use, which costs more than the sealing. */
const secrets = new WeakMap<Buffer, KeyObject>();

function secretOf(key: Buffer): KeyObject {
  const known = secrets.get(key) ?? createSecretKey(key);
  secrets.set(key, known);
  return known;
}

function encrypt(key: Buffer, bound: string, plain: Uint8Array): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secretOf(key), iv);
  cipher.setAAD(Buffer.from(bound, 'utf8'));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([Buffer.of(FORM), iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, bound: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const start = 1 + IV_BYTES + TAG_BYTES;
  if (bytes.length < start || bytes[0] !== FORM) throw new KeyLost('these bytes are not a sealed value');
  const decipher = createDecipheriv('aes-256-gcm', secretOf(key), bytes.subarray(1, 1 + IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(bound, 'utf8'));
  decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, start));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
  } catch {
    throw new KeyLost('a sealed value does not open with its key');
  }
}
