import { redact } from '#bot/llm/redact.ts';
import { record } from '#bot/store/audit.ts';
import { messagesOf } from '#bot/store/held.ts';
import { personById } from '#bot/store/people.ts';
import { addOutside } from '#bot/store/revisions.ts';
import type { Ticket } from '#bot/store/tickets.ts';
import { emptyForm } from './form.ts';
import { formToEdit, saveDraft, type Editing } from './edit.ts';

/** What the base learns from one question that it could not answer. */

/** Kinds of questions that may become anybody's: never danger, never the sensitive class, never a right. */
const TAUGHT: readonly Ticket['kind'][] = ['question', 'human', 'rumour'];

/** The theme of questions that a station keeps for itself. */
const OWN_THEME = 'station-own';

export function isTaught(ticket: Pick<Ticket, 'kind' | 'question'>): boolean {
  return TAUGHT.includes(ticket.kind) && ticket.question !== null && ticket.question.trim() !== '';
}

/** The question in words that the base knows; names, numbers and everything else of one person are left out. */
function teachable({ knowledge, hidden }: Pick<Editing, 'knowledge' | 'hidden'>, question: string): string {
  const { vocabulary } = knowledge.open().reader;
  return redact(question, (word) => vocabulary?.has(word) ?? false, hidden).slice(0, 300);
}

/** Makes a draft card of the question and the station's answer to it; gives the card's id. */
export async function draftCard(editing: Editing, ticket: Ticket, accountId: string, nowMs: number): Promise<string> {
  const id = `station.q${ticket.id}`;
  const words = teachable(editing, ticket.question ?? '');
  const form = await formToEdit(editing, id) ?? { ...emptyForm(nowMs, id), question: words, variants: words, answer: await answerTo(editing, ticket) };
  await saveDraft(editing, form, { accountId, ticketId: ticket.id });
  return id;
}

/** Adds the question to how people ask for a card, as a draft; false when there is no such card. */
export async function addVariant(editing: Editing, ticket: Ticket, cardId: string, accountId: string): Promise<boolean> {
  const form = await formToEdit(editing, cardId);
  if (form === null) return false;
  const words = teachable(editing, ticket.question ?? '');
  const known = form.variants.split('\n').some((line) => line.trim() === words);
  await saveDraft(editing, { ...form, variants: known ? form.variants : `${form.variants}\n${words}` }, { accountId, ticketId: ticket.id });
  return true;
}

/** Keeps the question for staff: the base must not answer it. Waits for an editor unless `publishes`. */
export async function keepForStaff(editing: Editing, ticket: Ticket, by: { accountId: string; publishes: boolean }): Promise<void> {
  await editing.store.write(async (tx) => {
    await addOutside(tx, { theme: OWN_THEME, question: teachable(editing, ticket.question ?? ''), state: by.publishes ? 'published' : 'draft', accountId: by.accountId, ticketId: ticket.id });
    await record(tx, { accountId: by.accountId, what: 'outside-added', ticketId: ticket.id });
  });
  if (by.publishes) await editing.published();
}

/** What the station answered, to begin the card with. */
async function answerTo({ store }: Editing, ticket: Ticket): Promise<string> {
  const said = await store.read(async (tx) => {
    const person = await personById(tx, ticket.personId);
    return person === null ? [] : messagesOf(tx, person, { latest: 40 });
  });
  const answers = said.flatMap((message) => (message.direction === 'out' && message.piece?.layout.form === 'person' && message.atMs >= ticket.createdMs ? [message.piece.layout.body] : []));
  return answers.at(-1) ?? '';
}
