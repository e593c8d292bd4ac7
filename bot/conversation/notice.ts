import type { ConverseDeps } from './knowledge.ts';
import type { Reply, ResidentView, Turn } from './turn.ts';

/**
 * Adds, once, the two lines that a first reply must carry: that this is an automatic assistant (Law 134/2025/QH15
 * Art. 11), its languages, and the emergency numbers. They stand below the answer and are never a gate. An emergency
 * text stands alone; the lines then come with the reply after it.
 */
export function withNotice(deps: ConverseDeps, resident: ResidentView, turn: Turn): Turn {
  if (resident.greeted) return turn;
  const at = turn.replies.findIndex((reply) => reply.priority !== 'emergency');
  if (at === -1 || turn.replies.some((reply) => reply.priority === 'emergency')) return turn;
  const notice = noticeLines(deps, resident);
  return {
    ...turn,
    replies: turn.replies.map((reply, i) => (i === at ? appended(reply, notice) : reply)),
    effects: [...turn.effects, { kind: 'greeted' }],
  };
}

function noticeLines(deps: ConverseDeps, resident: ResidentView): string {
  const { texts, place } = deps;
  const languages = place.languages.map((lang) => texts.say(resident.lang, `chat:languageName.${lang}`)).join(', ');
  return [
    texts.say(resident.lang, 'chat:notice.machine', { station: place.station.name, languages }),
    texts.say(resident.lang, 'chat:notice.emergency', { phone: place.station.phone }),
  ].join('\n');
}

function appended(reply: Reply, notice: string): Reply {
  const layout = reply.layout.form === 'answer' ? { ...reply.layout, notice } : reply.layout;
  return { ...reply, text: `${reply.text}\n\n${notice}`, layout };
}
