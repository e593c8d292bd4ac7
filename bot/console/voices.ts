import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { LoggedIn } from '#bot/accounts/accounts.ts';
import type { ChannelName } from '#bot/channels/channel.ts';
import { PAGE_HEADERS } from '#bot/channels/web/guard.ts';
import { messagesOf } from '#bot/store/held.ts';
import { personById } from '#bot/store/people.ts';
import type { Recording, Sound } from '#bot/store/recordings.ts';
import { keepSpoken, newToken } from '#bot/store/spoken.ts';
import { readTicket } from '#bot/store/tickets.ts';
import { answer, type DeskTexts, type Seen } from '#bot/tickets/desk.ts';
import { langSchema, type Lang } from '#knowledge/lang.ts';
import { sendSound } from '#bot/voices/listen.ts';
import { LONGEST_MS, UPLOAD_LIMIT_BYTES, type SoundFault, type SoundMaker } from '#bot/voices/sound.ts';
import { actorOf, type addDeskPages, type DeskTools } from './desk-pages.ts';
import { icon, notice, type Html, type Say } from './frame.ts';
import { sayer } from './frame.ts';

/** Voices in the console: recording and uploading, answering by voice, hearing what residents said. */

/** What the console needs of the recordings. */
export type ConsoleVoices = {
  /** What a recording of this subject reads, in Vietnamese. */
  reads: (subject: string, nowMs: number) => string | null;
  recordings: () => readonly Recording[];
  /** Looks at once; after something was recorded or approved here. */
  refresh: () => Promise<void>;
  maker: SoundMaker;
  /** The bytes of a voice note that somebody sent on a channel. */
  fetch: (channel: ChannelName, fileId: string) => Promise<Uint8Array | null>;
};

/** Addresses that take files; everything else of the console takes short forms only. */
export function takesUploads(path: string): boolean {
  return /^\/staff\/(?:ticket\/\d{1,15}\/voice|campaign\/\d{1,15}\/(?:voice|picture)|translate\/(?:voice|import))$/u.test(path);
}

/** Lets a page of the console use the microphone and play what it has just recorded. */
export function allowVoice(c: Context): void {
  c.header('Permissions-Policy', 'camera=(), geolocation=(), microphone=(self)');
  c.header('Content-Security-Policy', PAGE_HEADERS['Content-Security-Policy'].replace('media-src \'self\'', 'media-src \'self\' blob:'));
}

/** A recorder and a field for a file, as part of a form that takes uploads. With script the recorder fills the field. */
export function recorder(say: Say, id: string): Html {
  return html`<div class="rec" hidden data-rec data-longest="${LONGEST_MS}" data-no="${say('voice.noMic')}" data-on="${say('voice.recording')}" data-done="${say('voice.recorded')}"><button type="button" class="btn" data-go="${say('voice.go')}" data-stop="${say('voice.stop')}">${icon('mic')}<span>${say('voice.go')}</span></button><span class="num" data-clock></span>
<p class="small quiet" role="status"></p><audio controls hidden></audio></div>
<label for="${id}">${say('voice.file')}</label><input class="field" type="file" id="${id}" name="voice" accept="audio/*,.ogg,.oga,.opus,.m4a,.mp3,.wav,.webm,.amr" required>
<p class="hint">${say('voice.limits', { minutes: LONGEST_MS / 60_000, megabytes: UPLOAD_LIMIT_BYTES / 1024 / 1024 })}</p>`;
}

export type Upload = { ok: true; sound: Sound } | { ok: false; why: SoundFault };

/** The sound in a form's field `voice`. */
export async function uploadedSound(c: Context, maker: SoundMaker): Promise<Upload> {
  const file = (await c.req.formData().catch(() => new FormData())).get('voice');
  if (!(file instanceof File)) return { ok: false, why: 'empty' };
  return file.size > UPLOAD_LIMIT_BYTES ? { ok: false, why: 'too-large' } : maker.take(new Uint8Array(await file.arrayBuffer()));
}

export function soundFault(say: Say, why: SoundFault): string {
  return say(`voice.fault.${why}`, { megabytes: UPLOAD_LIMIT_BYTES / 1024 / 1024, minutes: LONGEST_MS / 60_000 });
}

export function addVoicePages(app: Hono, { deps, look, inside, form }: DeskTools, desk: ReturnType<typeof addDeskPages>): void {
  const { store, texts, voices } = deps;
  const say = sayer(look);

  // What a resident said: fetched here, so that no address with a platform's token ever reaches a browser.
  app.get('/staff/ticket/:id{[0-9]{1,15}}/voice/:message{[0-9]{1,15}}', (c) => inside(c, async (who) => {
    const found = await store.read(async (tx) => {
      const ticket = await readTicket(tx, actorOf(who), Number(c.req.param('id')));
      const person = ticket === null ? null : await personById(tx, ticket.personId);
      if (ticket === null || person === null) return null;
      const said = (await messagesOf(tx, person, { latest: LOOKED_BACK })).find((message) => message.direction === 'in' && message.inboxId === Number(c.req.param('message')));
      return said?.direction === 'in' && said.content?.kind === 'voice' ? { channel: ticket.channel, fileId: said.content.fileId } : null;
    });
    if (found === null) return c.text(say('problem.notFound'), 404);
    const bytes = await voices.fetch(found.channel, found.fileId);
    const made = bytes === null ? null : await voices.maker.take(bytes);
    if (made === null || !made.ok) return c.text(say('voice.lost'), 404);
    const { plain, note, noteType } = made.sound;
    return sendSound(c, plain === null ? { type: noteType, bytes: note } : { type: 'audio/mpeg', bytes: plain }, 'no-store');
  }));

  app.post('/staff/ticket/:id{[0-9]{1,15}}/voice', (c) => form(c, async (who, fields) => {
    const seen: Seen = { ticketId: Number(c.req.param('id')), version: Number(/^\d{1,9}$/u.exec(fields.get('version') ?? '')?.[0] ?? '-1') };
    const words = (fields.get('text') ?? '').normalize('NFC').trim().slice(0, 500);
    const taken = await uploadedSound(c, voices.maker);
    if (!taken.ok) return desk.showTicket(c, who, seen.ticketId, { told: notice('late', soundFault(say, taken.why)) }, 400);
    return spoken(c, who, seen, taken.sound, words, langSchema.safeParse(fields.get('lang')).data ?? null);
  }));

  /** `said`: what they spoke; null: the language of whoever asked. */
  async function spoken(c: Context, who: LoggedIn, seen: Seen, sound: Sound, words: string, said: Lang | null): Promise<Response> {
    const token = newToken();
    const actor = actorOf(who);
    const seconds = sound.millis === null ? null : Math.max(1, Math.round(sound.millis / 1000));
    const deed = await store.write(async (tx) => {
      const lang = (await readTicket(tx, actor, seen.ticketId))?.lang ?? 'vi';
      const done = await answer(tx, texts, actor, seen, words === '' ? spokenWords(texts, lang) : words, { voice: { id: token, lang: said ?? lang, seconds } });
      const person = done.ok ? await personById(tx, done.ticket.personId) : null;
      if (person !== null) await keepSpoken(tx, person, token, { name: actor.name, title: actor.title, ticketId: seen.ticketId, lang: said ?? lang, sound });
      return done;
    });
    if (deed.ok) deps.wake();
    return desk.done(c, who, words, deed, (ticket) => c.redirect(`/staff/ticket/${ticket.id}?told=answered`, 303));
  }
}

/** What stands beside a spoken answer that came without words: that it is one, in the resident's language as well. */
function spokenWords(texts: DeskTexts, lang: Lang): string {
  return texts.piece?.(lang, 'chat:listen.staff', {}).text ?? texts.say(lang, 'chat:listen.staff');
}

const LOOKED_BACK = 500;
