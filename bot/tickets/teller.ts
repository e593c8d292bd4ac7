import { randomUUID } from 'node:crypto';
import type { Piece } from '#bot/channels/channel.ts';
import { campaignById } from '#bot/store/campaigns.ts';
import { contentSchema, readJson } from '#bot/store/forms.ts';
import { cardOf, forgetPosts, keepPost, noteRedacted, noteShown, postsOf, postsToRedact, staleCards, tellMore, withCards, type GroupPost } from '#bot/store/group-posts.ts';
import { addNotices, claimNotices, settleNotice, type Notice, type NoticeOutcome } from '#bot/store/notices.ts';
import { addToOutbox } from '#bot/store/outbox.ts';
import { holdPerson, personById } from '#bot/store/people.ts';
import type { Tx } from '#bot/store/schema.ts';
import { DOMAINS } from '#bot/store/tables/staff.ts';
import { linkedAccounts } from '#bot/store/staff-links.ts';
import type { Store } from '#bot/store/store.ts';
import { answeredTogether, listTickets, readTicket, type Ticket } from '#bot/store/tickets.ts';
import { clockOf } from '#knowledge/day.ts';
import { isOpen, type Place } from '#knowledge/place.ts';
import type { SoundMaker } from '#bot/voices/sound.ts';
import type { Texts } from '#locales/texts.ts';
import { bundle, type Bundles } from './bundle.ts';
import { answerSpoken, voiceIn, type Word } from './staff-room.ts';
import type { MessageAt, StaffPost, StaffWire, WireFault, WireResult } from './staff-wire.ts';
import { cardWords, lineWords, missedWords, privateWords, redactedWords, riseWords, rosterWords, topicName, type WordsDeps } from './staff-words.ts';
import { arrivalOf, reachOf, type WindowHours } from './window.ts';

/**
 * Carries notices out, keeps the cards in the staff's group as the tickets are, and takes residents' words back from there.
 * Every step can be done again: a kill leaves at worst a message told twice.
 */
export type Teller = {
  /** Sends what may be sent now and brings the group up to date; what cannot be done now is tried at the next. */
  tell: () => Promise<void>;
};

export type TellerOptions = {
  store: Store;
  texts: Texts;
  place: Pick<Place, 'staffGroup' | 'answerHours' | 'station'>;
  publicUrl: string | null;
  wire: StaffWire;
  clock: () => number;
  /** For how long each channel takes answers of staff. */
  replyWindowHours: WindowHours;
  /** Makes of a voice note what every channel can carry. */
  sounds: Pick<SoundMaker, 'take'>;
  /** Something was written for a resident. */
  wake: () => void;
  trouble: (error: unknown) => void;
};

const LEASE_MS = 60_000;
const AT_ONCE = 20;
/** After so many tries a notice has failed; with its pauses that is about a day. */
const MOST_TRIES = 40;
/** Of an outbreak's questions; more than that are told one by one. */
const MOST_WAITING = 500;
/** How often it is looked whether a question is still told as one with another. */
const UNDER_LEAD_MS = 10 * 60_000;
/** Lines that say that an answer is on its way. */
const SENT: readonly Word[] = ['sent', 'sent-vietnamese'];
/** What is told of many as of one. */
const BUNDLED: readonly Notice['kind'][] = ['new', 'half', 'end', 'head'];
/** Messages to one group a minute, below what Telegram takes. */
const GROUP_PER_MINUTE = 18;

/** Sees every ticket: what a reader may see is decided where staff act. */
const EVERYBODY = { accountId: '', domains: DOMAINS };

export function createTeller(options: TellerOptions): Teller {
  const { store, texts, wire, clock } = options;
  const lease = `teller-${randomUUID().slice(0, 8)}`;
  const groupSends: number[] = [];
  const words = (): WordsDeps => ({ texts, publicUrl: options.publicUrl, nowMs: clock() });

  /** When the group may hear the next message; null: now. */
  const groupRestsUntil = (): number | null => {
    const nowMs = clock();
    while (groupSends[0] !== undefined && (groupSends[0] <= nowMs - 60_000 || groupSends[0] > nowMs)) groupSends.shift();
    return groupSends.length < GROUP_PER_MINUTE ? null : (groupSends[0] ?? nowMs) + 60_000;
  };

  const bundlesNow = async (): Promise<Bundles> => bundle(await store.read((tx) => listTickets(tx, EVERYBODY, 'waiting', MOST_WAITING)));

  const carryOut = async (notice: Notice, bundles: Bundles): Promise<NoticeOutcome> => {
    if (notice.attempts > MOST_TRIES) return { kind: 'failed', why: 'gave up' };
    if (notice.kind === 'voice') return carryVoice(notice);
    const found = notice.ticketId === null ? null : await store.read((tx) => readTicket(tx, EVERYBODY, notice.ticketId ?? 0));
    const lead = found === null || !BUNDLED.includes(notice.kind) ? null : bundles.leadOf(found);
    if (found !== null && lead !== null) return underLead(found, lead);
    if (notice.accountId !== null) return tellPerson(notice, found);
    return found === null ? { kind: 'failed', why: 'no ticket' } : tellGroup(notice, found);
  };

  /** Asks the same as a question that waits already: that one's card counts it, and it is told by itself if it outlives it. */
  const underLead = async (ticket: Ticket, lead: Ticket): Promise<NoticeOutcome> => {
    await store.write(async (tx) => {
      const card = await cardOf(tx, lead.id);
      if (card !== null && await cardOf(tx, ticket.id) === null) await noteShown(tx, card.id, lead.version - 1);
    });
    return { kind: 'later', notBeforeMs: clock() + UNDER_LEAD_MS, why: 'told as one' };
  };

  const tellPerson = async (notice: Notice, ticket: Ticket | null): Promise<NoticeOutcome> => {
    const account = (await store.read(linkedAccounts)).find((each) => each.id === notice.accountId);
    if (account?.userId == null) return { kind: 'failed', why: 'not linked' };
    if (notice.kind === 'missed') return tellMissed(notice, account.userId);
    if (notice.kind !== 'roster' && notice.kind !== 'rise' && (ticket === null || isOver(notice, ticket))) return { kind: 'failed', why: 'over' };
    const said = notice.kind === 'rise' ? riseWords(words(), notice.detail) : ticket === null ? rosterWords(words(), notice.detail) : privateWords(words(), notice, ticket);
    return outcomeOf(await wire.post({ chatId: account.userId, threadId: null, replyTo: null, ...said, quiet: false }));
  };

  const tellMissed = async (notice: Notice, userId: string): Promise<NoticeOutcome> => {
    const [campaignId = 0, rounds = 0] = notice.detail.split('|').map(Number);
    const campaign = await store.read((tx) => campaignById(tx, campaignId));
    if (campaign === null) return { kind: 'failed', why: 'over' };
    return outcomeOf(await wire.post({ chatId: userId, threadId: null, replyTo: null, ...missedWords(words(), { campaignId, title: campaign.title, rounds }), quiet: false }));
  };

  const tellGroup = async (notice: Notice, ticket: Ticket): Promise<NoticeOutcome> => {
    const chatId = await wire.groupChatId();
    if (chatId === null || ticket.kind === 'sensitive') return { kind: 'failed', why: 'no group' };
    if (isOver(notice, ticket)) return { kind: 'failed', why: 'over' };
    const restsMs = groupRestsUntil();
    // A danger sign does not stand in line behind an outbreak's questions.
    if (restsMs !== null && ticket.kind !== 'danger') return { kind: 'later', notBeforeMs: restsMs, why: 'pace' };
    const card = await store.read((tx) => cardOf(tx, ticket.id));
    if (card === null || (notice.kind === 'new' && card.shownVersion === -1)) return openCard(ticket, chatId);
    if (notice.kind === 'new') return { kind: 'sent' };
    const more = notice.kind === 'more' ? await store.read((tx) => moreWords(tx, ticket, Number(notice.detail))) : null;
    const given = notice.kind === 'said' && SENT.some((word) => word === notice.detail) ? await store.read((tx) => answeredTogether(tx, EVERYBODY, ticket)) : [];
    const said = lineWords(words(), notice, ticket, more, given.filter((each) => arrivalOf(each, options.replyWindowHours, clock()) === 'kept').length);
    return postLine({ chatId, threadId: card.threadId, replyTo: notice.replyTo ?? (card.threadId === null ? card.messageId : null), ...said, quiet: isQuiet(ticket) }, card, ticket, more !== null);
  };

  /** The ticket's first message in the group, in a topic of its own where there are topics. */
  const openCard = async (ticket: Ticket, chatId: string): Promise<NoticeOutcome> => {
    let threadId: number | null = null;
    if (await wire.hasTopics()) {
      const opened = await wire.openTopic(topicName(words(), ticket));
      if (opened.ok) threadId = opened.result;
      else if (opened.fault.kind === 'later') return opened.fault;
    }
    const question = questionFor(ticket);
    groupSends.push(clock());
    const posted = await wire.post({ chatId, threadId, replyTo: null, ...cardWords(words(), ticket, question, threadId !== null), quiet: isQuiet(ticket) });
    if (!posted.ok) {
      if (threadId !== null) await wire.removeTopic(threadId);
      return outcomeOf(posted);
    }
    await store.write(async (tx) => {
      const row = await tx.db.selectFrom('tickets').select('inbox_id').where('id', '=', ticket.id).executeTakeFirst();
      await keepPost(tx, { ticketId: ticket.id, chatId, threadId, messageId: posted.result, kind: 'card', hasWords: question !== null, shownVersion: ticket.version, uptoInboxId: row?.inbox_id ?? 0 });
    });
    return { kind: 'sent' };
  };

  const postLine = async (post: StaffPost, card: GroupPost, ticket: Ticket, hasWords: boolean): Promise<NoticeOutcome> => {
    groupSends.push(clock());
    let posted = await wire.post(post);
    // Somebody took the topic away: the line then stands in the group itself.
    if (!posted.ok && posted.fault.kind === 'no-topic') posted = await wire.post({ ...post, threadId: null, replyTo: null });
    if (!posted.ok) return outcomeOf(posted);
    const messageId = posted.result;
    await store.write((tx) => keepPost(tx, { ticketId: ticket.id, chatId: post.chatId, threadId: card.threadId, messageId, kind: 'line', hasWords, shownVersion: ticket.version, uptoInboxId: 0 }));
    return { kind: 'sent' };
  };

  const carryVoice = async (notice: Notice): Promise<NoticeOutcome> => {
    const ticketId = notice.ticketId ?? 0;
    const messageId = notice.replyTo ?? 0;
    const { ticket, account } = await store.read(async (tx) => ({
      ticket: await readTicket(tx, EVERYBODY, ticketId), account: (await linkedAccounts(tx)).find((each) => each.id === notice.accountId) ?? null,
    }));
    if (ticket === null || account === null) return { kind: 'failed', why: 'over' };
    const voice = voiceIn(notice.detail);
    const got = await wire.download(voice.fileId);
    if (!got.ok && got.fault.kind === 'later' && notice.attempts < 5) return got.fault;
    const made = got.ok ? await options.sounds.take(got.result) : null;
    if (made?.ok !== true) {
      await store.write((tx) => addNotices(tx, [{ dedupeKey: `said:${ticketId}:${messageId}:voice-lost`, kind: 'said', ticketId, accountId: null, replyTo: messageId, detail: 'voice-lost' }]));
      return { kind: 'failed', why: got.ok ? 'no sound' : 'not downloaded' };
    }
    await store.write((tx) => answerSpoken(tx, texts, { ticketId, account, messageId, lang: voice.lang, sound: made.sound, words: texts.say('vi', 'console:notice.spoken') }));
    options.wake();
    return { kind: 'sent' };
  };

  /** Once staff were really told of a danger sign, the resident may read so. */
  const settle = (notice: Notice, outcome: NoticeOutcome): Promise<void> => store.write(async (tx) => {
    await settleNotice(tx, notice.id, lease, outcome);
    if (outcome.kind !== 'sent' || notice.kind !== 'new' || notice.ticketId === null) return;
    const ticket = await readTicket(tx, EVERYBODY, notice.ticketId);
    const person = ticket?.kind === 'danger' ? await holdPerson(tx, ticket.personId) : null;
    if (ticket === null || person === null || person.state === 'gone') return;
    const { hour, minute } = clockOf(tx.nowMs);
    const values = { time: `${hour}:${String(minute).padStart(2, '0')}`, phone: options.place.station.phone };
    const piece: Piece = { text: texts.say(person.lang, 'chat:emergency.staffTold', values), lang: texts.langOf(person.lang, 'chat:emergency.staffTold'), cardId: null, buttons: [], layout: { form: 'plain' } };
    await addToOutbox(tx, person, [{ kind: 'emergency', piece, dedupeKey: `staff-told:${ticket.id}` }]);
  });

  const sendWaiting = async (): Promise<void> => {
    for (;;) {
      const notices = await store.write((tx) => claimNotices(tx, { lease, leaseMs: LEASE_MS, limit: AT_ONCE }));
      const bundles = notices.some(({ kind }) => BUNDLED.includes(kind)) ? await bundlesNow() : bundle([]);
      for (const notice of notices) {
        const outcome = await carryOut(notice, bundles).catch((error: unknown): NoticeOutcome => {
          options.trouble(error);
          return { kind: 'later', notBeforeMs: clock() + 30_000, why: 'unexpected' };
        });
        await settle(notice, outcome);
        if (outcome.kind === 'sent') options.wake();
      }
      if (notices.length < AT_ONCE) return;
    }
  };

  const bringUpToDate = async (): Promise<void> => {
    const cards = await store.read((tx) => staleCards(tx, AT_ONCE));
    const bundles = cards.length === 0 ? bundle([]) : await bundlesNow();
    for (const card of cards) {
      const ticket = await store.read((tx) => readTicket(tx, EVERYBODY, card.ticketId));
      if (ticket === null) continue;
      const under = bundles.under(ticket);
      const told = await store.read((tx) => withCards(tx, under.map(({ id }) => id)));
      const counted = under.filter(({ id }) => !told.has(id));
      const said = cardWords(words(), ticket, card.hasWords ? questionFor(ticket) : null, card.threadId !== null, {
        under: counted.length, kept: [ticket, ...counted].filter((each) => reachOf(each, options.replyWindowHours, clock()) === 'kept').length,
      });
      const edited = await wire.edit(at(card), said.text, said.buttons);
      if (!edited.ok && edited.fault.kind === 'later') return;
      if (card.threadId !== null) await wire.setTopic(card.threadId, ticket.state === 'closed' ? 'closed' : 'open');
      await store.write((tx) => noteShown(tx, card.id, ticket.version));
    }
  };

  /** Words that the store no longer holds do not stay in the group: the topic goes, or the message, or at least its text. */
  const takeBack = async (): Promise<void> => {
    for (const post of await store.read((tx) => postsToRedact(tx, AT_ONCE))) {
      if (post.threadId !== null) {
        const removed = await wire.removeTopic(post.threadId);
        if (removed.ok || removed.fault.kind === 'no-topic') {
          await store.write(async (tx) => forgetPosts(tx, (await postsOf(tx, post.ticketId)).map((each) => each.id)));
          continue;
        }
        if (removed.fault.kind === 'later') return;
      }
      const removed = await wire.remove(at(post));
      if (removed.ok) {
        await store.write((tx) => forgetPosts(tx, [post.id]));
        continue;
      }
      if (removed.fault.kind === 'later') return;
      const edited = await wire.edit(at(post), redactedWords(words(), post.ticketId), []);
      if (!edited.ok && edited.fault.kind === 'later') return;
      await store.write((tx) => noteRedacted(tx, post.id));
    }
  };

  /** The question as the group may read it: only where the place says so, and only what was asked on the same messenger. */
  function questionFor(ticket: Ticket): string | null {
    return options.place.staffGroup === 'full' && ticket.channel === 'telegram' && ticket.kind !== 'sensitive' && (ticket.question ?? '').trim() !== '' ? (ticket.question ?? '').slice(0, 2_500) : null;
  }

  async function moreWords(tx: Tx, ticket: Ticket, inboxId: number): Promise<string | null> {
    if (questionFor({ ...ticket, question: '-' }) === null) return null;
    const person = await personById(tx, ticket.personId);
    const row = person === null ? undefined : await tx.db.selectFrom('inbox').select('content_sealed').where('id', '=', inboxId).where('person_id', '=', ticket.personId).executeTakeFirst();
    if (person === null || !row?.content_sealed) return null;
    const content = readJson(contentSchema, tx.ring.open(person.key, 'inbox', row.content_sealed));
    return content.kind === 'text' ? content.text.slice(0, 2_500) : null;
  }

  function isQuiet(ticket: Ticket): boolean {
    return ticket.priority !== 'urgent' && !isOpen(options.place.answerHours, clock());
  }

  return {
    tell: async () => {
      await store.write(tellMore);
      await takeBack();
      // First the topics, so that nothing is said into a closed one.
      await bringUpToDate();
      await sendWaiting();
    },
  };
}

/** Told too late to matter: somebody has answered. */
function isOver(notice: Notice, ticket: Ticket): boolean {
  return (notice.kind === 'new' || notice.kind === 'half' || notice.kind === 'end' || notice.kind === 'head') && ticket.state !== 'open' && ticket.state !== 'taken';
}

function at(post: GroupPost): MessageAt {
  return { chatId: post.chatId, messageId: post.messageId };
}

function outcomeOf(result: WireResult<number>): NoticeOutcome {
  return result.ok ? { kind: 'sent' } : faultOutcome(result.fault);
}

function faultOutcome(fault: WireFault): NoticeOutcome {
  switch (fault.kind) {
    case 'later':
      return fault;
    case 'gone':
    case 'refused':
      return { kind: 'failed', why: fault.why };
    case 'no-topic':
      return { kind: 'failed', why: fault.kind };
  }
}
