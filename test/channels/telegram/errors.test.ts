import { describe, expect, test } from 'vitest';
import { ERROR_TABLE, outcomeOf, verdictOf, type Verdict } from '#bot/channels/telegram/errors.ts';

const said = (code: number, description: string, more: { retryAfterMs?: number; migratedTo?: string } = {}) => ({ kind: 'said-no' as const, code, description, retryAfterMs: more.retryAfterMs ?? null, migratedTo: more.migratedTo ?? null });

describe('what the Bot API says and what we do', () => {
  const rows: [number, string, Verdict][] = [
    [400, 'Bad Request: chat not found', 'gone'],
    [403, 'Forbidden: bot was blocked by the user', 'gone'],
    [403, 'Forbidden: user is deactivated', 'gone'],
    [403, 'Forbidden: bot was kicked from the supergroup chat', 'gone'],
    [403, 'Forbidden: bot can\'t initiate conversation with a user', 'gone'],
    [400, 'Bad Request: not enough rights to send text messages to the chat', 'refused'],
    [400, 'Bad Request: message is not modified: specified new message content is the same', 'ignore'],
    [400, 'Bad Request: query is too old and response timeout expired or query ID is invalid', 'ignore'],
    [400, 'Bad Request: message to be replied not found', 'without-reply'],
    [400, 'Bad Request: message thread not found', 'without-topic'],
    [400, 'Bad Request: TOPIC_CLOSED', 'without-topic'],
    [400, 'Bad Request: group chat was upgraded to a supergroup chat', 'migrated'],
    [400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 3', 'without-formatting'],
    [400, 'Bad Request: VOICE_MESSAGES_FORBIDDEN', 'no-voice'],
    [400, 'Bad Request: wrong remote file identifier specified: can\'t unserialize it. Wrong last symbol', 'upload-again'],
    [400, 'Bad Request: message is too long', 'refused'],
    [401, 'Unauthorized', 'token-refused'],
    [404, 'Not Found', 'token-refused'],
    [409, 'Conflict: terminated by other getUpdates request', 'conflict'],
    [429, 'Too Many Requests: retry after 34', 'throttled'],
    [413, 'Request Entity Too Large', 'refused'],
  ];
  test.each(rows)('%i %s: %s', (code, description, verdict) => {
    expect(verdictOf(said(code, description))).toBe(verdict);
  });

  test('every row of the table is met by one of these', () => {
    const unused = ERROR_TABLE.filter((row) => !rows.some(([code, text, verdict]) => (row.code === 'any' || row.code === code) && row.text.test(text) && row.verdict === verdict));
    expect(unused.filter((row) => row.verdict !== 'refused')).toEqual([]);
  });

  test('a wait is as long as the API says', () => {
    expect(outcomeOf(said(429, 'Too Many Requests', { retryAfterMs: 2_282_000 }), 1000)).toMatchObject({ kind: 'later', notBeforeMs: 2_283_000 });
  });

  test('only what certainly did not arrive is tried again by itself', () => {
    expect(outcomeOf({ kind: 'not-reached', why: 'ECONNREFUSED' }, 0).kind).toBe('later');
    expect(outcomeOf({ kind: 'ambiguous', why: 'ECONNRESET' }, 0).kind).toBe('unknown');
    expect(outcomeOf(said(400, 'Bad Request: message is too long'), 0).kind).toBe('refused');
  });
});
