import { randomBytes } from 'node:crypto';
import type { Tx } from './schema.ts';

/** The picture of an announcement: one at most, kept under an address that nobody can guess before it is sent. */
export type KeptPicture = { id: string; alt: string };

/** What was made of an upload, ready for every channel. */
export type PictureFile = { type: 'image/jpeg' | 'image/png'; bytes: Uint8Array };

/** Gives the announcement this picture; the one before goes. */
export async function putPicture(tx: Tx, campaignId: number, picture: PictureFile & { alt: string }): Promise<KeptPicture> {
  await dropPicture(tx, campaignId);
  const id = randomBytes(15).toString('base64url');
  await tx.db.insertInto('campaign_pictures').values({ id, campaign_id: campaignId, alt: picture.alt, type: picture.type, bytes: picture.bytes, made_ms: tx.nowMs }).execute();
  return { id, alt: picture.alt };
}

export async function dropPicture(tx: Tx, campaignId: number): Promise<void> {
  await tx.db.deleteFrom('campaign_pictures').where('campaign_id', '=', campaignId).execute();
}

export async function pictureOf(tx: Tx, campaignId: number): Promise<KeptPicture | null> {
  return await tx.db.selectFrom('campaign_pictures').select(['id', 'alt']).where('campaign_id', '=', campaignId).executeTakeFirst() ?? null;
}

/** The picture behind an address. */
export async function pictureFile(tx: Tx, id: string): Promise<PictureFile | null> {
  return await tx.db.selectFrom('campaign_pictures').select(['type', 'bytes']).where('id', '=', id).executeTakeFirst() ?? null;
}
