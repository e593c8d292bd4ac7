import type { Button } from '#bot/channels/channel.ts';
import type { Reply } from '#bot/conversation/turn.ts';
import type { LineFault, ImportLine } from './session-import.ts';
import type { ScheduleResult } from './schedule.ts';
import type { Session, SessionAnswer } from './sessions.ts';
import { clockText, shortDay, weekdayName, type Say, type Station, type Voice } from './texts.ts';

/** Results of this part as replies: the point first, one thing a line, where it comes from at the end. */

export type SessionReplyDeps = {
  voice: Voice;
  station: Station;
  /** The name of a village id. */
  villageName: (id: string) => string;
  /** Address of a session's calendar file, where one is served; null otherwise. */
  calendarUrl: (session: Session) => string | null;
};

/**
 * What the calendar says. `askVillage` are the buttons of the place's villages when it is not known for which village
 * the person asks; the answer comes first all the same.
 */
export function sessionsReply(deps: SessionReplyDeps, answer: SessionAnswer, villageId: string | null, askVillage: Button[] = []): Reply {
  const { say } = deps.voice;
  const buttons = [...(villageId === null ? askVillage : []), { label: say('child.button.child'), value: 'vaccine:child' }];
  const ask = villageId === null && askVillage.length > 0 ? [say('sessions.askVillage')] : [];
  const source = say('sessions.source', { station: deps.station.name, phone: deps.station.phone });
  if (answer.kind === 'none') {
    const lead = villageId === null ? say('sessions.none') : say('sessions.noneVillage', { village: deps.villageName(villageId) });
    return answerReply(deps.voice, lead, [say('sessions.callStation', { phone: deps.station.phone })], '', buttons);
  }
  const sessions = answer.kind === 'listed' ? answer.sessions : [answer.session];
  const blocks = sessions.map((session) => sessionLines(deps, session).join('\n'));
  const more = answer.kind === 'listed' && answer.more > 0 ? [say('sessions.more', { count: answer.more })] : [];
  return answerReply(deps.voice, sessionsLead(say, answer), [...blocks, ...more, ...ask], source, buttons);
}

function sessionsLead(say: Say, answer: Exclude<SessionAnswer, { kind: 'none' }>): string {
  const first = answer.kind === 'listed' ? answer.sessions[0] : answer.session;
  const values = { weekday: weekdayName(say, first.day), day: shortDay(first.day) };
  if (answer.kind === 'listed') return answer.sessions.length === 1 ? say('sessions.one', values) : say('sessions.several', { ...values, count: answer.sessions.length });
  switch (answer.asked) {
    case 'range': return say('sessions.nextOnly', values);
    case 'past': return say('sessions.past', values);
    case 'lunar': return say('sessions.lunar', values);
  }
}

/** When and where, for a line in another reply. */
export function sessionLine(say: Say, session: Session): string {
  return say('sessions.line', { weekday: weekdayName(say, session.day), day: shortDay(session.day), from: clockText(session.fromMinute), to: clockText(session.toMinute), place: session.place });
}

function sessionLines(deps: SessionReplyDeps, session: Session): string[] {
  const { say } = deps.voice;
  const line = sessionLine(say, session);
  const calendar = deps.calendarUrl(session);
  return [
    line.charAt(0).toUpperCase() + line.slice(1),
    session.villages.length === 0 ? say('sessions.everybody') : say('sessions.villages', { villages: session.villages.map(deps.villageName).join(', ') }),
    ...(session.who === '' ? [] : [say('sessions.who', { who: session.who })]),
    ...(session.vaccines.length === 0 ? [] : [say('sessions.vaccines', { vaccines: session.vaccines.map((vaccine) => vaccine.text).join(', ') })]),
    ...(session.bring.length === 0 ? [] : [say('sessions.bring', { bring: session.bring.join(', ') })]),
    ...(session.placesLeft === null ? [] : [session.placesLeft === 0 ? say('sessions.full') : say('sessions.left', { count: session.placesLeft })]),
    ...(session.note === null ? [] : [session.note]),
    ...(session.mapUrl === null ? [] : [say('sessions.map', { url: session.mapUrl })]),
    ...(calendar === null ? [] : [say('sessions.calendar', { url: calendar })]),
  ];
}

/** Tetanus for a pregnant woman: nothing of when and which until the place's health worker has signed it. */
export function pregnantReply(voice: Voice, station: Station, result: ScheduleResult): Reply {
  const { say } = voice;
  const rows = result.kind === 'rows' ? result.rows : [];
  const due = rows.filter((row) => row.status === 'due').map((row) => row.row.name);
  const next = rows.flatMap((row) => (row.status === 'next' ? [say('child.nextDose', { dose: row.row.name, from: shortDay(row.from), to: shortDay(row.to) })] : []));
  const isSigned = rows.some((row) => row.status === 'given' || row.status === 'due' || row.status === 'due-if' || row.status === 'next');
  const lead = !isSigned ? say('pregnant.unsigned') : due.length > 0 ? say('pregnant.due', { doses: due.join('; ') }) : next.length > 0 ? say('child.next', { doses: next.join('; ') }) : say('pregnant.complete');
  return answerReply(voice, lead, [say('child.decide'), say('pregnant.call', { phone: station.phone })], '', []);
}

/** The report of an import, a sentence a line, and the sum at the end. */
export function importReport(say: Say, lines: readonly ImportLine[]): string[] {
  const count = (outcome: ImportLine['outcome']) => lines.filter((line) => line.outcome === outcome).length;
  return [
    ...lines.map((line) => (line.outcome === 'refused'
      ? say('import.refused', { line: line.line, faults: line.faults.map((fault) => faultSentence(say, fault)).join(' ') })
      : say(`import.${line.outcome}`, { line: line.line, day: shortDay(line.session.day), place: line.session.place }))),
    say('import.sum', { added: count('added'), changed: count('changed'), unchanged: count('unchanged'), past: count('past'), refused: count('refused') }),
  ];
}

export function faultSentence(say: Say, fault: LineFault): string {
  return say(`import.fault.${fault.code}`, { field: say(`import.field.${fault.field}`), value: fault.value });
}

/** A reply in the form of an answer; `text` holds the whole of it. */
export function answerReply(voice: Voice, lead: string, lines: string[], source: string, buttons: Button[]): Reply {
  const body = lines.join('\n');
  return {
    text: [lead, body, source].filter((part) => part !== '').join('\n\n'),
    lang: voice.lang,
    cardId: null,
    buttons,
    layout: { form: 'answer', lead, body, more: null, source, notice: null },
    priority: 'reply',
  };
}

/** A question with choices, which may also be answered by their numbers. */
export function choicesReply(voice: Voice, lead: string, buttons: Button[], after: string[] = []): Reply {
  const { say } = voice;
  return {
    text: [lead, ...buttons.map((button, i) => say('child.line', { number: i + 1, label: button.label })), ...after, say('child.byNumber')].join('\n'),
    lang: voice.lang,
    cardId: null,
    buttons,
    layout: { form: 'choices', lead },
    priority: 'reply',
  };
}
