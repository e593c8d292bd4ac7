import { hashOf } from '#knowledge/translation.ts';
import { addRecording, approveRecording } from '#bot/store/recordings.ts';
import type { Store } from '#bot/store/store.ts';
import type { Lang } from '#knowledge/lang.ts';
import { createSoundMaker } from '#bot/voices/sound.ts';
import { wav } from './sounds.ts';

/** A recording as somebody of the station would have made and approved it. */
export async function record(store: Store, recording: { subject: string; reads: string; lang?: Lang; seconds?: number; approved?: boolean }): Promise<number> {
  const taken = await createSoundMaker().take(wav(recording.seconds ?? 1));
  if (!taken.ok) throw new Error(taken.why);
  return store.write(async (tx) => {
    const id = await addRecording(tx, { subject: recording.subject, lang: recording.lang ?? 'vi', renders: hashOf(recording.reads), speaker: 'H’Lan', dialect: 'Pleiku', accountId: null, sound: taken.sound });
    if (recording.approved !== false) await approveRecording(tx, id, 'staff-1');
    return id;
  });
}
