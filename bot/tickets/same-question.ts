import { clean, words } from '#knowledge/text.ts';

/**
 * Whether two messages ask the very same thing, so surely that nobody has to look. Much stricter than what is offered to
 * staff: nearly every word is the same, and every number, and whatever turns a question round.
 */
const SAME = 0.85;
const LEAST_WORDS = 3;
/** A forwarded text that is passed on grows a line or loses one. */
const SAME_FORWARDED = 0.8;
const LEAST_FORWARDED = 8;

/** Words that may come and go without another question being asked; without marks. */
const COURTESY: ReadonlySet<string> = new Set(['a', 'ạ', 'da', 'vang', 'oi', 'nhe', 'nha', 'voi', 'cho', 'hoi', 'em', 'anh', 'chi', 'bac', 'co', 'chu', 'tram', 'minh', 'toi', 'ad', 'vay', 'the', 'xin', 'chao', 'la', 'thi', 'm', 'e']);
/** Chat spellings of one word each. */
const SPELLED: ReadonlyMap<string, string> = new Map([['ko', 'khong'], ['k', 'khong'], ['hok', 'khong'], ['kh', 'khong'], ['dc', 'duoc'], ['đc', 'duoc'], ['bn', 'bao nhieu'], ['ntn', 'nhu the nao'], ['vx', 'vac xin']]);
/** Words that turn a question round or change whom it is about: these have to be the same whatever the rest is. */
const TURNING: ReadonlySet<string> = new Set(['khong', 'chua', 'duoc', 'truoc', 'sau', 'tre', 'con', 'chau', 'be', 'bau', 'gia', 'bo', 'me', 'vo', 'chong', 'cho', 'meo', 'mai', 'nay', 'mot', 'hai', 'ba']);

/** "Cho em hỏi": the word for a dog, were it read without its neighbours. */
const OPENING = /(?:^| )(?:cho|xin) (?:(?:em|toi|minh|chau|con|bac|tui|be) )?hoi(?= |$)/gu;

export type Asked = { words: ReadonlySet<string>; turning: string; count: number };

/** A question made comparable; compute once for what is compared often. */
export function askedIn(text: string): Asked {
  const said = words(clean(text)).flatMap(({ folded }) => (SPELLED.get(folded) ?? folded).split(' ')).join(' ');
  const all = said.replace(OPENING, ' ').split(' ').filter((word) => word !== '');
  const content = all.filter((word) => !COURTESY.has(word) || TURNING.has(word));
  const turning = [...new Set(content.filter((word) => TURNING.has(word) || /\d/u.test(word)))].sort().join(' ');
  return { words: new Set(content), turning, count: content.length };
}

/** `forwarded`: both are texts that go round, and not questions. */
export function isSame(a: Asked, b: Asked, forwarded = false): boolean {
  const least = forwarded ? LEAST_FORWARDED : LEAST_WORDS;
  if (a.words.size < least || b.words.size < least || (!forwarded && a.turning !== b.turning)) return false;
  const common = [...a.words].filter((word) => b.words.has(word)).length;
  return common / (a.words.size + b.words.size - common) >= (forwarded ? SAME_FORWARDED : SAME);
}
