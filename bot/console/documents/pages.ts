import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { LoggedIn } from '#bot/accounts/accounts.ts';
import { DOCUMENT_FAULTS, readDocument, type DocumentFault } from '#bot/documents/read.ts';
import { record } from '#bot/store/audit.ts';
import { addDocument, dropDocument, listDocuments } from '#bot/store/documents.ts';
import { countShelves } from '#bot/store/tickets.ts';
import { actorOf, type DeskTools } from '../desk-pages.ts';
import { NOTHING, notice, page, sayer, type Html } from '../frame.ts';
import { when } from '../words.ts';

/** The station's documents: put one in, see what is there, take one out. */

export const DOCUMENTS_PATH = '/staff/documents';
const MOST_DOCUMENTS = 60;
const NAME_LIMIT = 120;

export function addDocumentPages(app: Hono, { deps, look, inside, form, send }: DeskTools): void {
  const { store } = deps;
  const say = sayer(look);

  app.get(DOCUMENTS_PATH, (c) => inside(c, (who) => {
    const fault = DOCUMENT_FAULTS.find((known) => known === c.req.query('fault'));
    const told = c.req.query('told');
    if (fault !== undefined) return show(c, who, notice('late', say(`documents.fault.${fault}`)));
    return show(c, who, told === 'added' || told === 'dropped' ? notice('ok', say(`documents.told.${told}`)) : NOTHING);
  }));

  app.post(DOCUMENTS_PATH, (c) => inside(c, async (who) => {
    const body = await c.req.parseBody().catch(() => ({}));
    const [csrf, file]: [unknown, unknown] = 'csrf' in body && 'file' in body ? [body.csrf, body.file] : [null, null];
    if (csrf !== who.csrf || !mayKeep(who)) return c.text(say(csrf === who.csrf ? 'problem.forbidden' : 'problem.form'), 403);
    const fault = file instanceof File ? await put(who, file) : 'empty';
    return c.redirect(`${DOCUMENTS_PATH}?${fault === null ? 'told=added' : `fault=${fault}`}`, 303);
  }));

  app.post(`${DOCUMENTS_PATH}/:id{[0-9]{1,15}}`, (c) => form(c, async (who) => {
    if (!mayKeep(who)) return c.text(say('problem.forbidden'), 403);
    const id = Number(c.req.param('id'));
    await store.write(async (tx) => {
      if (await dropDocument(tx, id)) await record(tx, { accountId: who.account.id, what: 'document-dropped', detail: String(id) });
    });
    return c.redirect(`${DOCUMENTS_PATH}?told=dropped`, 303);
  }));

  /** Null once it is in. */
  async function put(who: LoggedIn, file: File): Promise<DocumentFault | null> {
    if ((await store.read(listDocuments)).length >= MOST_DOCUMENTS) return 'full';
    const name = file.name.normalize('NFC').replace(/[^\P{C}]/gu, '').trim().slice(-NAME_LIMIT);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const read = await readDocument(name, bytes);
    if (!read.ok) return read.why;
    await store.write(async (tx) => {
      const id = await addDocument(tx, { name, bytes: bytes.byteLength, accountId: who.account.id, passages: read.passages });
      await record(tx, { accountId: who.account.id, what: 'document-added', detail: String(id) });
    });
    return null;
  }

  async function show(c: Context, who: LoggedIn, told: Html): Promise<Response> {
    const { documents, waiting } = await store.read(async (tx) => ({ documents: await listDocuments(tx), waiting: (await countShelves(tx, actorOf(who))).waiting }));
    const csrf = html`<input type="hidden" name="csrf" value="${who.csrf}">`;
    const keeps = mayKeep(who);
    const body = html`<div class="head"><h1>${say('documents.title')}</h1></div><div class="gap inbox">${told}<p class="quiet">${say('documents.lead')}</p>
<section class="sheet">${documents.length === 0 ? html`<p>${say('documents.none')}</p>` : html`<ul class="people">${documents.map((document) => html`<li><b>${document.name}</b>
<p class="quiet small">${say('documents.line', { count: document.passages, size: Math.max(1, Math.round(document.bytes / 1024)), name: document.byName ?? '', time: when(document.createdMs, look.nowMs()) })}</p>${keeps ? html`<form method="post" action="${DOCUMENTS_PATH}/${document.id}">${csrf}<button class="btn stop" name="do" value="drop" aria-label="${say('documents.dropLabel', { name: document.name })}">${say('documents.drop')}</button></form>` : NOTHING}</li>`)}</ul>`}</section>
${keeps ? html`<form class="sheet compose" method="post" action="${DOCUMENTS_PATH}" enctype="multipart/form-data"><h2>${say('documents.add')}</h2>${csrf}
<label for="file">${say('documents.file')}</label><input class="field" id="file" name="file" type="file" accept=".txt,.md,.docx" required aria-describedby="file-hint">
<p class="hint" id="file-hint">${say('documents.hint')}</p>
<div class="row"><button class="btn main">${say('documents.go')}</button></div></form>` : html`<p class="quiet">${say('documents.keepers')}</p>`}</div>`;
    return send(c, page(look, { title: say('documents.title'), at: 'documents', waiting, body }));
  }
}

function mayKeep({ account }: LoggedIn): boolean {
  return account.role === 'head' || account.role === 'editor';
}
