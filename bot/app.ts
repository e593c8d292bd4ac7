import { Hono } from 'hono';
import type { Channel, ChannelName } from '#bot/channels/channel.ts';
import { createCampaignRunner } from '#bot/campaigns/runner.ts';
import { remoteAddress } from '#bot/channels/web/address.ts';
import { createWebAudience, createWebChannel } from '#bot/channels/web/channel.ts';
import { portsOver } from '#bot/channels/web/from-store.ts';
import { createWebChat } from '#bot/channels/web/web.ts';
import { createLibrary } from '#bot/documents/search.ts';
import { openDesk } from '#bot/console/open-desk.ts';
import { answerReply } from '#bot/conversation/answer.ts';
import { KNOWLEDGE_DIR, sayFacts } from '#bot/conversation/assemble.ts';
import { tellHeld } from '#bot/conversation/held.ts';
import { staffChanges, watchKnowledge } from '#bot/conversation/live-knowledge.ts';
import { openConversation } from '#bot/conversation/open.ts';
import { stationWords } from '#bot/conversation/beside.ts';
import { toldIn } from '#bot/conversation/vaccination.ts';
import { apology, plainPiece, writtenIn } from '#bot/conversation/reply.ts';
import { createDispatcher } from '#bot/delivery/dispatcher.ts';
import { openPacing } from '#bot/delivery/open-pacing.ts';
import { createTyping } from '#bot/delivery/typing.ts';
import { NO_WAKE_UPS, openWakeUps } from '#bot/delivery/wake-ups.ts';
import { createWorker } from '#bot/delivery/worker.ts';
import { calendarPath, createCalendar } from '#bot/http/calendar.ts';
import { listen } from '#bot/http/listen.ts';
import { createStatus } from '#bot/http/status.ts';
import { createLog, type Log } from '#bot/log.ts';
import { watchPlace } from '#bot/place/live.ts';
import { watchPins } from '#bot/outbreak/live.ts';
import { watchSessions } from '#bot/vaccination/live.ts';
import { keepReminding } from '#bot/vaccination/reminding.ts';
import { createCounting } from '#bot/report/count.ts';
import { loadSigns } from '#bot/report/signs.ts';
import { keepRetention } from '#bot/residents/retention.ts';
import { everyDay } from './daily.ts';
import { openModelAtWork } from '#bot/llm/at-work.ts';
import { announce, version } from './greeting.ts';
import { openPlatforms } from './platforms.ts';
import { makeReady } from './ready.ts';
import { knowledgeCounter } from '#bot/store/revisions.ts';
import { countDemand } from '#bot/translating/demand.ts';
import { createListening, voiceCarrier } from '#bot/voices/listen.ts';
import { watchRecordings } from '#bot/voices/live.ts';
import type { DeskTexts } from '#bot/tickets/desk.ts';
import { createReach } from '#bot/tickets/reach.ts';
import { createStationAnswers } from '#bot/tickets/station-answers.ts';
import { createSoundMaker } from '#bot/voices/sound.ts';
import { createTexts, type Texts } from '#locales/texts.ts';
import type { Config } from './config.ts';

/** The one place where the parts are put together. A test starts it whole, as a station does. */
export type App = { url: string; stop: () => Promise<void> };

export type StartResult = { ok: true; app: App } | { ok: false; say: string; exitCode: 1 | 2 };

export type AppOptions = {
  /** @defaultValue Date.now */
  clock?: () => number;
  log?: Log;
  /** Added to every commit, as a slow disk would; for the benchmark. */
  commitDelayMs?: number;
  /** @defaultValue the knowledge that ships */
  knowledgeDir?: string;
  /** How long an answer waits for the optional model. @defaultValue 4000, after which it is given without one */
  modelPatienceMs?: number;
};

/**
 * Starts the station's program. What an operator can put right (a place that does not load, a newer database, a missing
 * key, a taken port) comes back as a sentence with an exit code.
 */
export async function start(config: Config, options: AppOptions = {}): Promise<StartResult> {
  const clock = options.clock ?? Date.now;
  const log = options.log ?? createLog(config.logLevel);
  const texts = await createTexts();

  const trouble = (event: string) => (error: unknown): void => { log.error(event, error); };

  const ready = await makeReady(config, { texts, log, clock, knowledgeDir: options.knowledgeDir ?? KNOWLEDGE_DIR, commitDelayMs: options.commitDelayMs });
  if (!ready.ok) return ready;
  const { store } = ready;

  const livePlace = await watchPlace(store, ready.filed, {
    onTrouble: trouble('place.refresh'),
    onFaults: (sections) => {
      log.warn('place.edits', { sections: sections.join(' ') });
    },
  });
  const { place } = livePlace;
  const sessions = await watchSessions(store, clock, trouble('sessions.refresh'));
  const pins = await watchPins(store, clock, trouble('pins.refresh'));
  const signs = await loadSigns();
  const since = await store.read(knowledgeCounter);
  const recordings = await watchRecordings(store, trouble('recordings.refresh'));
  const answers = createStationAnswers(store, clock);
  const reach = createReach(store, { group: config.telegramBotToken !== null && config.telegramStaffChatId !== null });
  await Promise.all([answers.refresh(), reach.refresh()]);
  const { converse, deps, knowledge, voices } = await openConversation({
    recordings: recordings.current,
    place,
    placeDir: config.place,
    texts,
    nowMs: clock(),
    understanding: ready.understanding,
    changes: staffChanges(store, texts),
    sessions: sessions.current,
    pins: pins.current,
    transcribes: config.transcribeModel !== null,
    stationAnswer: (text, forwarded, lang) => answers.find(text, forwarded, lang),
    someoneHears: reach.someoneHears,
    calendarUrl: (session) => (config.publicUrl === null ? null : `${config.publicUrl}${calendarPath(session.id)}`),
  });
  livePlace.onChange(() => Object.assign(deps.facts, sayFacts(place, texts)));
  const published = watchKnowledge(store, knowledge, { since, clock, onTrouble: trouble('knowledge.refresh') });
  const demand = countDemand(store, clock, trouble('demand.write'));
  const audience = createWebAudience();
  const web = createWebChannel(audience);
  const status = createStatus({
    store,
    channels: () => channels,
    knowledge: () => ({ cards: knowledge.base().cards.length, expired: knowledge.base().expired.length }),
    version: version(),
  });
  const channel = (name: ChannelName): Channel | undefined => channels.find((each) => each.name === name);
  const typing = createTyping({ channel });
  const model = openModelAtWork({ config, converse, knowledge, place, status, log, channel, patienceMs: options.modelPatienceMs });
  const worker = createWorker({
    store,
    clock,
    handling: {
      ...(model.advise === null ? {} : { advise: model.advise }),
      converse,
      apology: (lang) => apology(deps, lang),
      tellHeld: (held, lang) => tellHeld(deps, held, lang, config.retentionDays),
      count: createCounting(signs, (id) => place.villages.find((village) => village.id === id)?.name ?? ''),
    },
    onHandled: (handled) => {
      dispatcher.wake();
      if (handled.answered !== null) demand.count(handled.answered.cardId, handled.answered.lang);
      if (handled.rows.length === 0) typing.over(handled.personId);
      // Nothing was said: the words are for whoever of the station holds the conversation.
      if (handled.ticketIds.length > 0 || handled.rows.length === 0) {
        desk.look();
        wakeUps.work();
      }
      log.debug('message.handled', { inbox: handled.inboxId, outcome: handled.outcome, replies: handled.rows.length });
    },
    onTrouble: (what, error) => {
      log.error(`worker.${what}`, error);
    },
    onReceived: (message, received, inCall) => {
      status.countInbound(message.channel);
      if (received.fresh && !inCall) typing.begun(message, received.personId);
    },
  });
  // What the desk's deeds tell a resident has its draft beside it, like everything else they read.
  const deskTexts: DeskTexts & Texts = { ...texts, piece: (lang, key, values) => plainPiece(deps, lang, key, values), written: (lang, words) => writtenIn(deps, lang, words) };
  const platforms = await openPlatforms({ config, store, worker, place, texts: deskTexts, log, clock, onStaffActed: () => {
    desk.look();
    wakeUps.work();
    dispatcher.wake();
  } });
  const voiced = voiceCarrier({ store, voices, texts, place, publicUrl: config.publicUrl, clock });
  const channels = [web, ...platforms.channels.map(voiced)].map(typing.watched);
  const pacing = await openPacing(config.redisUrl);
  const dispatcher = createDispatcher({
    store,
    channels,
    pacing,
    clock,
    dayHours: () => place.dayHours,
    onSettled: (row, outcome) => {
      // Only now may the page read it: before, it had no number.
      if (row.channel === 'web') {
        audience.wake(row.address);
        wakeUps.seen(row.address);
      }
      if (row.kind === 'staff-answer') desk.look();
      log.debug('message.settled', { outbox: row.id, channel: row.channel, outcome: outcome.kind });
    },
    onTrouble: (what, error) => {
      log.error(`dispatcher.${what}`, error);
    },
  });

  const desk = openDesk({
    store, texts: deskTexts, livePlace, facts: deps.facts, zalo: platforms.zalo, config, clock, knowledge, log, answers, reach,
    writing: { library: createLibrary(store), draft: model.draft },
    published: published.look,
    pinned: pins.look,
    preview: (card) => answerReply(deps, card),
    voices: { reads: voices.reads, recordings: recordings.current, refresh: recordings.refresh, maker: createSoundMaker(), fetch: async (name, fileId) => await channel(name)?.fetchVoice?.(fileId) ?? null },
    wire: platforms.staffWire,
    replyWindowHours: (name) => channel(name)?.capabilities.replyWindowHours ?? null,
    wake: () => { dispatcher.wake(); },
    tellOthers: () => { wakeUps.work(); },
  });

  const reminding = keepReminding(
    { store, schedule: deps.vaccination.schedule, table: deps.vaccination.table, get station() { return place.station; }, told: (lang, make) => toldIn(deps, lang, make) },
    {
      clock,
      onWritten: (round) => {
        log.info('reminders', { ...round });
        dispatcher.wake();
      },
      onTrouble: trouble('reminders'),
    },
  );
  const campaigns = createCampaignRunner({
    store, place, texts, clock, zalo: platforms.zalo, beside: (lang, words, make) => stationWords({ texts, place }, lang, words, make),
    wake: () => { dispatcher.wake(); },
    onTrouble: trouble('campaigns.look'),
  });

  const stopping = new AbortController();
  const chat = createWebChat({
    ports: portsOver(store, worker, audience, clock),
    place,
    texts,
    publicUrl: config.publicUrl,
    nowMs: clock,
    addressOf: remoteAddress,
    stopping: stopping.signal,
    report: trouble('web.surprise'),
  });
  const http = new Hono();
  const listening = createListening({ store, voices, texts, place, clock });
  for (const routes of [status.app, createCalendar({ sessions: sessions.current, texts, clock }), listening, platforms.routes, desk.routes, chat]) http.route('/', routes);
  http.onError((error, c) => {
    log.error('http.surprise', error);
    return c.text(texts.say('vi', 'web:error.unavailable', { phone: place.station.phone }), 500);
  });

  const wakeUps = config.redisUrl === null ? NO_WAKE_UPS : await openWakeUps(config.redisUrl, {
    work: () => {
      dispatcher.wake();
      desk.look();
      void worker.sweep();
      void campaigns.look();
      published.look().catch(trouble('knowledge.refresh'));
      livePlace.look().catch(trouble('place.refresh'));
    },
    seen: (isMeant) => { audience.wakeWhere(isMeant); },
  });

  const port = await listen(http, config, trouble('http.listen'));
  if (!port.ok) {
    for (const looking of [livePlace, sessions, pins, recordings, published]) looking.stop();
    await Promise.all([demand.stop(), reminding.stop(), wakeUps.close()]);
    await store.close();
    return { ok: false, exitCode: 1, say: texts.say('vi', `cli:start.${port.why}`, { port: config.port, host: config.host }) };
  }

  for (const each of channels) await each.start();
  worker.start();
  dispatcher.start();
  desk.start();
  campaigns.start();
  const daily = everyDay(clock, log, {
    'knowledge.refresh': () => knowledge.refresh(clock()),
    'retention': async () => {
      log.info('retention', { ...await keepRetention(store, { textDays: config.retentionDays, nowMs: clock() }) });
    },
  });
  announce(texts, log, { url: port.listening.url, sample: place.sample, newKey: store.masterKeyFile.created ? store.masterKeyFile.path : null });
  model.load();
  for (const line of await desk.greeting(port.listening.url)) process.stdout.write(`${line}\n`);

  return {
    ok: true,
    app: {
      url: port.listening.url,
      stop: async () => {
        log.info('stopping');
        daily.stop();
        for (const looking of [livePlace, sessions, pins, recordings, published, typing]) looking.stop();
        await Promise.all([demand.stop(), reminding.stop()]);
        stopping.abort();
        const closed = port.listening.close();
        for (const each of channels) await each.stop();
        await campaigns.stop();
        await worker.stop();
        await desk.stop();
        await dispatcher.stop();
        await pacing.close();
        await wakeUps.close();
        await model.close();
        port.listening.cut();
        await closed;
        await store.close();
        log.info('stopped');
      },
    },
  };
}

