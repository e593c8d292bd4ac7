/** What any platform takes as text. */

/** Text as JSON and the platforms carry it: no half letters and no control signs but line breaks. */
export function sendable(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(CONTROL_SIGNS, '');
}

const CONTROL_SIGNS = /(?![\n\t])\p{Cc}/gu;

/** Whether anything is left to show: Telegram refuses what is only white space and joiners, and nobody can read it elsewhere. */
export function hasSomethingToSee(text: string): boolean {
  return !/^[\s\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0]*$/u.test(text);
}
