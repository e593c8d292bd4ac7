import { dropPicture, putPicture, type PictureFile } from '#bot/store/campaign-pictures.ts';
import { changeCampaign, type Campaign } from '#bot/store/campaigns.ts';
import type { Sound } from '#bot/store/recordings.ts';
import type { Tx } from '#bot/store/schema.ts';
import { dropVoice, putVoice } from './along.ts';
import { change, note, type By, type Result } from './campaigns.ts';
import type { SpokenLang } from './content.ts';
import type { CampaignPorts } from './ports.ts';

/** A picture and readings aloud are put to an announcement, or taken away, as long as nothing of it has been sent. */

/** The picture, with in words what is to be seen, for whoever cannot see it; null takes it away. */
export function enclosePicture(ports: CampaignPorts, id: number, picture: (PictureFile & { alt: string }) | null, by: By): Promise<Result<object>> {
  return enclose(ports, id, by, async (tx) => {
    if (picture === null) await dropPicture(tx, id);
    else await putPicture(tx, id, picture);
  });
}

/** A reading in one language, with the name of whoever reads; null takes it away. */
export function encloseVoice(ports: CampaignPorts, id: number, lang: SpokenLang, voice: { speaker: string; sound: Sound } | null, by: By): Promise<Result<object>> {
  return enclose(ports, id, by, async (tx, it) => {
    if (voice === null) await dropVoice(tx, it, lang);
    else await putVoice(tx, it, { ...voice, lang, accountId: by.accountId });
  });
}

function enclose(ports: CampaignPorts, id: number, by: By, act: (tx: Tx, it: Campaign) => Promise<void>): Promise<Result<object>> {
  return change(ports, id, ['draft', 'asked'], async (tx, it) => {
    await act(tx, it);
    // Whoever was to confirm would confirm something else.
    await changeCampaign(tx, id, { state: 'draft', askedBy: null });
    await note(tx, by, 'campaign-changed', id);
    return null;
  });
}
