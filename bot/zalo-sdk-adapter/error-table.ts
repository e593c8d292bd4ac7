/** Which of Zalo's services a code comes from; the same number means different things to different services. */
export type Area = 'oa' | 'template' | 'token' | 'bot';

export type Rule =
  | { kind: 'retry'; delayMs: number; tries?: number }
  | { kind: 'next_day'; tellStaff: boolean }
  | { kind: 'night' }
  | { kind: 'silence' }
  | { kind: 'package' }
  | { kind: 'permanent'; scope: 'message' | 'person'; tellStaff?: boolean }
  | { kind: 'refresh' }
  | { kind: 'human' }
  | { kind: 'unknown' };

export type ErrorRow = { area: Area; code: number; rule: Rule; meaning: string };

const message: Rule = { kind: 'permanent', scope: 'message' };
const person: Rule = { kind: 'permanent', scope: 'person' };
const human: Rule = { kind: 'human' };
const refresh: Rule = { kind: 'refresh' };
const nextDay: Rule = { kind: 'next_day', tellStaff: false };
const nextDayTell: Rule = { kind: 'next_day', tellStaff: true };
const serverFault: Rule = { kind: 'retry', delayMs: 30_000 };

/**
 * Every code that a public source explains, and what to do about it. Two codes carry two meanings (-32: the app's or
 * the account's rate; -223: right not granted or article quota), which is why failures keep Zalo's own text as well.
 */
export const ERROR_TABLE: readonly ErrorRow[] = [
  ...rows('oa', [
    [-32, { kind: 'retry', delayMs: 60_000 }, 'the request rate of the app or of the account is reached; it starts anew every minute'],
    [-100, message, 'the attachment id has expired (7 days); upload again'],
    [-200, { kind: 'retry', delayMs: 5_000, tries: 1 }, 'the send failed for no stated reason'],
    [-201, message, 'a parameter is invalid'],
    [-204, human, 'the Official Account was deleted'],
    [-205, human, 'the Official Account does not exist'],
    [-209, human, 'the API is not supported: the app is not activated'],
    [-210, message, 'a parameter is above its limit'],
    [-211, nextDayTell, 'the quota is used up'],
    [-212, human, 'the app has not registered this API'],
    [-213, person, 'the person does not follow the account; follow or a message from them opens it'],
    [-214, { kind: 'retry', delayMs: 30_000 }, 'the article is still being processed'],
    [-216, refresh, 'the access token is invalid'],
    [216, refresh, 'the access token is invalid'],
    [401, refresh, 'the access token is invalid'],
    [-401, refresh, 'the access token is invalid'],
    [-217, person, 'the person blocks invitations'],
    [-218, nextDay, 'the person has received as much as they may today'],
    [-219, human, 'the app was removed or disabled'],
    [-220, refresh, 'the access token has expired or was removed'],
    [-221, human, 'the Official Account has to be verified'],
    [-223, human, 'the account has not granted this right, or its article quota is used up'],
    [-224, { kind: 'package' }, 'the package of the account does not include this'],
    [-227, person, 'the person is banned or has been away for more than 45 days'],
    [-230, { kind: 'silence' }, 'the person has not interacted for 7 days'],
    [-232, { kind: 'silence' }, 'the person has not interacted, or the interaction has expired'],
    [-233, message, 'this type of message is not supported'],
    [-234, { kind: 'night' }, 'this type of message is not taken from 22:00 to 06:00'],
    [-235, human, 'this API is not for this type of account'],
    [-237, human, 'the group has been disabled or its asset has expired'],
    [-238, human, 'the group asset is used'],
    [-241, human, 'the group asset is used'],
    [-240, message, 'this old call has been switched off'],
    [-242, human, 'the appsecret_proof is wrong'],
    [-244, person, 'the person has restricted this type of message'],
    [-248, { kind: 'permanent', scope: 'message', tellStaff: true }, 'the message breaks the rules of the platform'],
    [-249, message, 'this template cannot be sent by user id'],
    [-320, human, 'no Zalo Cloud account is linked'],
    [-321, human, 'the Zalo Cloud account has no money'],
    [-403, message, 'the account is not in the group'],
    [452, refresh, 'the session of the token is over'],
    [112, human, 'the app is not linked to the account'],
    [10000, serverFault, 'a fault on the side of Zalo'],
    [10002, serverFault, 'a fault on the side of Zalo'],
    ...Array.from({ length: 11 }, (_, step): Row => [12000 + step, nextDay, 'a quota of the old social API is used up']),
  ]),
  ...rows('template', [
    [-32, { kind: 'retry', delayMs: 60_000 }, 'the request rate is reached'],
    [-108, person, 'the phone number is invalid'],
    [-109, message, 'the template id is invalid'],
    [-111, message, 'the template data is empty'],
    [-112, message, 'the template data is invalid'],
    [-1121, message, 'the template data is invalid'],
    [-1122, message, 'the template data lacks a parameter'],
    [-1124, message, 'a parameter of the template has the wrong form'],
    [-114, person, 'the person cannot receive the message'],
    [-115, human, 'the account has no money'],
    [-117, human, 'the account has no right to this template'],
    [-118, person, 'there is no Zalo account with this number'],
    [-119, person, 'the account cannot receive the message'],
    [-120, human, 'the account has no right to this call'],
    [-124, refresh, 'the access token is invalid'],
    [-131, human, 'the template is not approved'],
    [-133, { kind: 'night' }, 'this message is not taken at night'],
    [-135, human, 'the account has no right to this message'],
    [-137, human, 'the payment failed'],
    [-139, person, 'the person has refused this type of message'],
    [-140, person, 'the person has refused this type of message'],
    [-141, person, 'the person has refused messages of this account'],
    [-144, nextDayTell, 'the daily quota is used up'],
    [-146, human, 'the template has been switched off'],
    [-147, nextDayTell, 'the daily quota of the template is used up'],
    [-1471, nextDay, 'the quota of promotional messages for this person is used up'],
    [-1472, nextDay, 'the quota of messages for this person is used up'],
    [-216, refresh, 'the access token is invalid'],
    [-220, refresh, 'the access token has expired or was removed'],
    [401, refresh, 'the access token is invalid'],
    [10000, serverFault, 'a fault on the side of Zalo'],
    [10002, serverFault, 'a fault on the side of Zalo'],
  ]),
  ...rows('token', [
    [-32, { kind: 'retry', delayMs: 60_000 }, 'the request rate is reached'],
    [-118, human, 'the grant is invalid'],
    [-14002, human, 'the app id is invalid or the app is not active'],
    [-14003, human, 'the callback address differs from the one in the console, if only by a slash'],
    [-14014, human, 'the refresh token was refused'],
    [-14020, human, 'the refresh token has been used or has expired'],
  ]),
  ...rows('bot', [
    [400, message, 'the request is invalid'],
    [401, human, 'the bot token is wrong'],
    [403, person, 'the bot may not write to this chat'],
    [404, human, 'no such bot or method; the token may be wrong'],
    [408, { kind: 'unknown' }, 'no answer in time'],
    [409, human, 'another process is polling with the same token'],
    [429, { kind: 'retry', delayMs: 10_000 }, 'too many requests'],
    [500, serverFault, 'a fault on the side of Zalo'],
    [503, serverFault, 'a fault on the side of Zalo'],
  ]),
];

type Row = readonly [code: number, rule: Rule, meaning: string];

function rows(area: Area, of: readonly Row[]): ErrorRow[] {
  return of.map(([code, rule, meaning]) => ({ area, code, rule, meaning }));
}
