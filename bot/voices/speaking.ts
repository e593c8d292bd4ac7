import type { Channel, Piece, Sendable } from '#bot/channels/channel.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Sound } from '#bot/store/recordings.ts';
import { isOggOpus } from './sniff.ts';

/** What a voice becomes on its way to a channel: a voice note or a file where it carries sound, an address to press where it does not. */

export type SpeakingDeps = {
  /** The picture under this id; null when it is gone. */
  pictureAt: (id: string) => Promise<{ type: string; bytes: Uint8Array } | null>;
  /** The sound that is heard under this id now; null when it is gone. */
  soundAt: (id: string) => Promise<{ sound: Sound; personal: boolean } | null>;
  /** Where a voice can be heard; null when the program does not know its own address. */
  urlOf: (id: string) => string | null;
  /** The line with the address, or the line that says there is none. */
  say: (lang: Lang, url: string | null) => string;
};

/** The channel, which now knows what to do with a piece's voice. */
export function speaking(channel: Channel, deps: SpeakingDeps): Channel {
  return {
    ...channel,
    send: async (address, piece) => channel.send(address, await spoken(channel, deps, piece)),
  };
}

async function spoken(channel: Channel, deps: SpeakingDeps, said: Piece): Promise<Sendable> {
  const piece = pictured(deps, said);
  const { voice, ...rest } = piece;
  if (voice === undefined) return piece;
  if (!channel.capabilities.voice) return { ...rest, text: withAddress(rest.text, deps.say(piece.lang, deps.urlOf(voice.id))) };
  const found = await deps.soundAt(voice.id);
  return found === null ? rest : { ...rest, sound: attached(voice.id, found) };
}

/** The words, and below them where their voice is heard. */
export function withAddress(text: string, line: string): string {
  return `${text}\n${line}`;
}

/** The picture is only fetched by a channel that sends pictures. */
function pictured(deps: SpeakingDeps, piece: Piece): Sendable {
  const { picture } = piece;
  if (picture === undefined) return piece;
  return { ...piece, image: async () => {
    const found = await deps.pictureAt(picture.id);
    return found === null ? null : { bytes: found.bytes, filename: `${picture.id}.${found.type === 'image/png' ? 'png' : 'jpg'}` };
  } };
}

/** As a voice note what may be one; anything else as the file that it is. */
export function attached(id: string, { sound, personal }: { sound: Sound; personal: boolean }): NonNullable<Sendable['sound']> {
  const note = isNote(sound);
  const ending = sound.noteType.split('/')[1] ?? 'bin';
  return { kind: note ? 'voice' : 'file', bytes: sound.note, filename: `${id}.${ending === 'mpeg' ? 'mp3' : ending === 'mp4' ? 'm4a' : ending}`, personal };
}

function isNote({ noteType, note }: Sound): boolean {
  return noteType === 'audio/mpeg' || noteType === 'audio/mp4' || (noteType === 'audio/ogg' && isOggOpus(note));
}
