import type { Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { LoggedIn } from '#bot/accounts/accounts.ts';
import { sayPin, type Pin } from '#bot/outbreak/pins.ts';
import { record } from '#bot/store/audit.ts';
import { addPin, endPin, standingPins } from '#bot/store/pins.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { addDays, dayOf, isDay, readableDay, type Day } from '#knowledge/day.ts';
import { actorOf, type DeskTools } from './desk-pages.ts';
import { icon, NOTHING, notice, page, sayer, type Html } from './frame.ts';

/** Outbreak mode: the notices that stand above answers, for the head to pin and take down. */

const WORDS_MOST = 200;
const LEVEL_MOST = 80;
const NUMBERS_MOST = 80;
const CARDS_MOST = 4;
/** A notice is for days or weeks; one that stays for good belongs into a card. */
const DAYS_MOST = 60;

type Typed = Omit<Pin, 'id' | 'validUntil'> & { validUntil: string };
type Fault = 'subject' | 'words' | 'until' | 'cards';

export function addOutbreakPages(app: Hono, { deps, look, inside, form, send }: DeskTools): void {
  const { store } = deps;
  const say = sayer(look);

  app.get('/staff/outbreak', (c) => inside(c, (who) => show(c, who, c.req.query('told') === undefined ? NOTHING : notice('ok', say('outbreak.done')))));

  app.post('/staff/outbreak', (c) => form(c, async (who, fields) => {
    if (who.account.role !== 'head') return c.text(say('problem.forbidden'), 403);
    const line = (name: string, most: number): string => (fields.get(name) ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim().slice(0, most);
    const [deed = '', argument = ''] = (fields.get('do') ?? '').split(':');
    if (deed === 'end') {
      const ended = await store.write(async (tx) => {
        const stood = await endPin(tx, Number(argument));
        if (stood) await record(tx, { accountId: who.account.id, what: 'pin-ended', detail: argument });
        return stood;
      });
      await deps.pinned();
      return ended ? c.redirect('/staff/outbreak?told=1', 303) : show(c, who, notice('soon', say('outbreak.gone')), 409);
    }
    const typed: Typed = {
      subject: line('subject', 80), words: line('words', WORDS_MOST + 1), level: line('level', LEVEL_MOST), numbers: line('numbers', NUMBERS_MOST), validUntil: line('until', 10),
      cards: [...new Set(fields.getAll('cards').filter((id) => id !== ''))].slice(0, CARDS_MOST),
    };
    const today = dayOf(look.nowMs());
    const fault = faultOf(typed, today);
    if (fault !== null || !isDay(typed.validUntil)) return show(c, who, notice('late', say(`outbreak.fault.${fault ?? 'until'}`, { most: WORDS_MOST, day: readableDay(addDays(today, DAYS_MOST)) })), 400, typed);
    const pin = { ...typed, validUntil: typed.validUntil };
    if (deed === 'look') return show(c, who, html`<div class="tell" role="status">${icon('chat')}<div><p class="quiet small">${say('outbreak.preview')}</p>
<p>${sayPin(look.texts, pin)}</p></div></div>`, 200, typed);
    await store.write(async (tx) => {
      const id = await addPin(tx, { ...pin, accountId: who.account.id });
      await record(tx, { accountId: who.account.id, what: 'pinned', detail: `${id} ${pin.subject} ${pin.validUntil}` });
    });
    await deps.pinned();
    return c.redirect('/staff/outbreak?told=1', 303);
  }));

  async function show(c: Context, who: LoggedIn, told: Html, status: 200 | 400 | 409 = 200, typed: Typed | null = null): Promise<Response> {
    const today = dayOf(look.nowMs());
    const found = await store.read(async (tx) => ({ pins: await standingPins(tx, today), waiting: (await countShelves(tx, actorOf(who))).waiting }));
    const csrf = html`<input type="hidden" name="csrf" value="${who.csrf}">`;
    const isHead = who.account.role === 'head';
    const body = html`<div class="head"><h1>${say('outbreak.title')}</h1></div><div class="gap inbox">${told}<p class="quiet">${say('outbreak.lead')}</p>
${found.pins.length === 0 ? html`<p class="sheet">${say('outbreak.none')}</p>` : found.pins.map((pin) => standing(pin, isHead ? csrf : null))}
${isHead ? adding(csrf, today, typed) : html`<p class="quiet">${say('outbreak.headPins')}</p>`}</div>`;
    return send(c, page(look, { title: say('outbreak.title'), at: 'outbreak', waiting: found.waiting, body }), status);
  }

  function standing(pin: Pin, csrf: Html | null): Html {
    return html`<section class="sheet"><h2>${titleOf(pin.subject)}</h2>
<p>${sayPin(look.texts, pin)}</p>${pin.cards.length === 0 ? NOTHING : html`<p class="quiet small">${say('outbreak.inFront', { cards: pin.cards.map(titleOf).join('; ') })}</p>`}${csrf === null ? NOTHING : html`<form method="post" action="/staff/outbreak">${csrf}<button class="btn stop" name="do" value="end:${pin.id}" aria-label="${say('outbreak.endLabel', { subject: titleOf(pin.subject) })}">${say('outbreak.end')}</button></form>`}</section>`;
  }

  function adding(csrf: Html, today: Day, typed: Typed | null): Html {
    const cards = deps.knowledge.cards(look.nowMs());
    const option = (id: string, title: string, chosen: boolean): Html => html`<option value="${id}"${chosen ? raw(' selected') : NOTHING}>${title}</option>`;
    const groups = [...new Set(cards.map((card) => card.topic))].sort();
    return html`<form class="sheet compose" method="post" action="/staff/outbreak"><h2>${say('outbreak.add')}</h2>${csrf}
<label for="subject">${say('outbreak.subject')}</label><select class="field" id="subject" name="subject" required>
<option value="">${say('outbreak.choose')}</option><optgroup label="${say('outbreak.oneCard')}">${cards.map((card) => option(card.id, card.question, typed?.subject === card.id))}</optgroup><optgroup label="${say('outbreak.group')}">${groups.map((group) => option(group, say('outbreak.groupOf', { group }), typed?.subject === group))}</optgroup></select>
<label for="words">${say('outbreak.words')}</label>
<textarea class="field" id="words" name="words" rows="3" maxlength="${WORDS_MOST}" required>${typed?.words ?? ''}</textarea>
<p class="hint">${say('outbreak.wordsHint')}</p>
<label for="until">${say('outbreak.until')}</label><input class="field" id="until" name="until" type="date" min="${today}" max="${addDays(today, DAYS_MOST)}" required value="${typed?.validUntil ?? addDays(today, 7)}">
<label for="numbers">${say('outbreak.numbers')}</label><input class="field" id="numbers" name="numbers" maxlength="${NUMBERS_MOST}" value="${typed?.numbers ?? ''}">
<label for="level">${say('outbreak.level')}</label><input class="field" id="level" name="level" maxlength="${LEVEL_MOST}" value="${typed?.level ?? ''}">
<label for="cards">${say('outbreak.cards', { most: CARDS_MOST })}</label>
<select class="field" id="cards" name="cards" multiple size="6">${cards.map((card) => option(card.id, card.question, typed?.cards.includes(card.id) ?? false))}</select>
<div class="row"><button class="btn" name="do" value="look">${say('outbreak.look')}</button><button class="btn main" name="do" value="add">${say('outbreak.go')}</button></div></form>`;
  }

  function faultOf(typed: Typed, today: Day): Fault | null {
    const cards = deps.knowledge.cards(look.nowMs());
    if (!cards.some((card) => card.id === typed.subject || card.topic === typed.subject)) return 'subject';
    if (typed.words.length < 5 || typed.words.length > WORDS_MOST) return 'words';
    if (!isDay(typed.validUntil) || typed.validUntil < today || typed.validUntil > addDays(today, DAYS_MOST)) return 'until';
    return typed.cards.every((id) => cards.some((card) => card.id === id)) ? null : 'cards';
  }

  function titleOf(subject: string): string {
    return deps.knowledge.cards(look.nowMs()).find((card) => card.id === subject)?.question ?? say('outbreak.groupOf', { group: subject });
  }
}
