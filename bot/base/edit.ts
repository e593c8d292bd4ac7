import { KNOWLEDGE_DIR } from '#bot/conversation/assemble.ts';
import type { LiveKnowledge } from '#bot/conversation/open-knowledge.ts';
import type { PrivateWords } from '#bot/llm/redact.ts';
import { record } from '#bot/store/audit.ts';
import { readJson } from '#bot/store/forms.ts';
import { keepDraft, liveRevisions, publish, revisionsOf } from '#bot/store/revisions.ts';
import { endAnswers, standingAnswers } from '#bot/store/station-words.ts';
import type { Store } from '#bot/store/store.ts';
import { parseCard, type Card } from '#knowledge/card.ts';
import { formatCard } from '#knowledge/card-file.ts';
import { checkOne, readCheckLists } from '#knowledge/check.ts';
import { dayOf } from '#knowledge/day.ts';
import type { Fault } from '#knowledge/load.ts';
import { cardPrint } from '#knowledge/revisions.ts';
import { cardFormSchema, cardFrom, formOf, type CardForm } from './form.ts';

/** What staff do with a card. Each deed is one transaction; who publishes names the card as they saw it. */

export type Editing = {
  store: Store;
  knowledge: LiveKnowledge;
  published: () => Promise<void>;
  /** What tells that a person or a place is being named: it is left out of what the base learns from a question. */
  hidden: PrivateWords;
};

export type Checked = { card: Card | null; faults: Fault[] };

/** What residents are told under this id now; undefined for a card that is not yet told. */
export function toldNow(knowledge: LiveKnowledge, id: string): Card | undefined {
  return knowledge.base().filed.find(({ card }) => card.id === id)?.card;
}

/** How the card is seen to have been when somebody began to edit: empty for a new one. */
export function seenPrint(card: Card | undefined): string {
  return card === undefined ? '' : cardPrint(card);
}

/** The rules of `knowledge check`, on the card as typed among all others. */
export async function checkForm(knowledge: LiveKnowledge, form: CardForm, nowMs: number): Promise<Checked> {
  const read = cardFrom(form, toldNow(knowledge, form.id));
  const file = `${form.topic}/${form.id}.md`;
  if (!read.ok) return { card: null, faults: read.faults.map((fault) => ({ ...fault, file, severity: 'error' })) };
  const lists = await readCheckLists(KNOWLEDGE_DIR);
  const faults = checkOne({ card: read.card, file }, knowledge.base().filed, { today: dayOf(nowMs), understanding: knowledge.understanding(), ...lists });
  // A station's own cards are not in the list of topics, and that is no fault of theirs.
  return { card: read.card, faults: faults.filter(({ expected }) => !('rule' in expected && expected.rule === 'listedId')) };
}

/** Keeps what was typed, whole or not, for whoever goes on with it. */
export async function saveDraft({ store, knowledge }: Editing, form: CardForm, by: { accountId: string; ticketId: number | null }): Promise<void> {
  await store.write(async (tx) => {
    await keepDraft(tx, { cardId: form.id, text: JSON.stringify(form), of: filePrint(knowledge, form.id), accountId: by.accountId, ticketId: by.ticketId });
    await record(tx, { accountId: by.accountId, what: 'card-drafted', detail: form.id });
  });
}

/** The draft of a card as its fields; null when there is none. */
export async function draftOf(store: Store, id: string): Promise<{ form: CardForm; by: string | null; atMs: number; ticketId: number | null } | null> {
  const draft = (await store.read((tx) => revisionsOf(tx, id))).find(({ state }) => state === 'draft');
  return draft?.text == null ? null : { form: readJson(cardFormSchema, draft.text), by: draft.accountName, atMs: draft.createdMs, ticketId: draft.ticketId };
}

/**
 * Tells residents this card from now on, in every process. `stale` when somebody else published another state since it
 * was `seen`; nothing is written then.
 */
export async function publishCard(editing: Editing, card: Card, options: { accountId: string; seen: string; what: 'card-published' | 'card-signed' }): Promise<'done' | 'stale'> {
  const draft = await draftOf(editing.store, card.id);
  // Reads the base anew if another process has published meanwhile.
  await editing.published();
  if (seenPrint(toldNow(editing.knowledge, card.id)) !== options.seen) return 'stale';
  const written = await editing.store.write(async (tx) => {
    const before = (await liveRevisions(tx)).find(({ cardId }) => cardId === card.id);
    const told = toldNow(editing.knowledge, card.id);
    // Published by another process after the look above.
    const stored = before?.text == null ? null : parseCard(before.text);
    if (stored?.ok === true && seenPrint(stored.card) !== seenPrint(told)) return false;
    await publish(tx, { cardId: card.id, text: formatCard(card), of: filePrint(editing.knowledge, card.id), accountId: options.accountId });
    await record(tx, { accountId: options.accountId, what: options.what, detail: card.id });
    return true;
  });
  await editing.published();
  if (written) await endCovered(editing, card.id, draft?.ticketId ?? null);
  return written ? 'done' : 'stale';
}

/** What the station says again and again to the same question is over once a card says it: the card's own question, or one that it answers surely. */
async function endCovered({ store, knowledge }: Editing, cardId: string, ticketId: number | null): Promise<void> {
  await store.write(async (tx) => {
    for (const kept of await standingAnswers(tx)) {
      const judged = kept.kind === 'question' && kept.ticketId !== ticketId ? knowledge.current().judge(kept.question, { nowMs: tx.nowMs }) : null;
      if (kept.ticketId === ticketId || (judged?.outcome === 'answer' && judged.cardId === cardId)) await endAnswers(tx, kept.ticketId);
    }
  });
}

/** The file holds again. */
export async function backToFile(editing: Editing, id: string, accountId: string): Promise<void> {
  await editing.store.write(async (tx) => {
    await publish(tx, { cardId: id, text: null, of: filePrint(editing.knowledge, id), accountId });
    await record(tx, { accountId, what: 'card-dropped', detail: id });
  });
  await editing.published();
}

/** The fields to begin with: the draft if there is one, otherwise what is told. */
export async function formToEdit({ store, knowledge }: Pick<Editing, 'store' | 'knowledge'>, id: string): Promise<CardForm | null> {
  const draft = await draftOf(store, id);
  const card = toldNow(knowledge, id);
  return draft?.form ?? (card === undefined ? null : formOf(card));
}

function filePrint(knowledge: LiveKnowledge, id: string): string | null {
  const file = knowledge.base().fromFiles.get(id);
  return file === undefined ? null : cardPrint(file.card);
}
