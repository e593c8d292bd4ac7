import { pictureOf } from '#bot/store/campaign-pictures.ts';
import type { Campaign } from '#bot/store/campaigns.ts';
import { addRecording, approveRecording, dropRecording, recordingsAbout, type Sound } from '#bot/store/recordings.ts';
import type { Tx } from '#bot/store/schema.ts';
import { hashOf } from '#knowledge/translation.ts';
import { SPOKEN_LANGS, type Along, type SpokenLang } from './content.ts';

/** The picture and the readings aloud of an announcement; a round has those of the announcement that repeats. */

/** A reading aloud as staff see it; `stale`: it reads words that have been changed since, and does not go out. */
export type AlongVoice = { id: number; lang: SpokenLang; speaker: string; address: string; seconds: number | null; stale: boolean };

export async function voicesOf(tx: Tx, campaign: Pick<Campaign, 'id' | 'parentId' | 'content'>): Promise<AlongVoice[]> {
  const found = await recordingsAbout(tx, subjectOf(campaign));
  const renders = hashOf(campaign.content.vi);
  return found.flatMap((it) => {
    const lang = SPOKEN_LANGS.find((known) => known === it.lang);
    return lang === undefined || it.state !== 'approved' ? [] : [{ id: it.id, lang, speaker: it.speaker, address: it.address, seconds: it.millis === null ? null : Math.max(1, Math.round(it.millis / 1000)), stale: it.renders !== renders }];
  });
}

/** What goes out with it now. */
export async function alongOf(tx: Tx, campaign: Pick<Campaign, 'id' | 'parentId' | 'content'>): Promise<Along> {
  const voices = (await voicesOf(tx, campaign)).filter((voice) => !voice.stale);
  return {
    picture: await pictureOf(tx, campaign.parentId ?? campaign.id),
    voices: Object.fromEntries(voices.map(({ lang, address, seconds }) => [lang, { id: address, lang, seconds }])),
  };
}

/** Gives the announcement a reading in this language; the one before goes. Whoever reads it answers for the words. */
export async function putVoice(tx: Tx, campaign: Pick<Campaign, 'id' | 'parentId' | 'content'>, voice: { lang: SpokenLang; speaker: string; sound: Sound; accountId: string | null }): Promise<void> {
  const id = await addRecording(tx, { subject: subjectOf(campaign), lang: voice.lang, renders: hashOf(campaign.content.vi), speaker: voice.speaker, dialect: '', accountId: voice.accountId, sound: voice.sound });
  await approveRecording(tx, id, voice.accountId);
}

export async function dropVoice(tx: Tx, campaign: Pick<Campaign, 'id' | 'parentId' | 'content'>, lang: SpokenLang): Promise<void> {
  for (const voice of await recordingsAbout(tx, subjectOf(campaign))) if (voice.lang === lang) await dropRecording(tx, voice.id);
}

function subjectOf({ id, parentId }: Pick<Campaign, 'id' | 'parentId'>): string {
  return `campaign:${parentId ?? id}`;
}
