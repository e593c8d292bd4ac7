import { LANGS, type Lang } from '#knowledge/lang.ts';

/**
 * What a poster's link says about where it hangs: the language of the poster and the village. It travels as the start
 * parameter of a chat, of which Telegram takes 64 of `A-Z a-z 0-9 _ -`: `jra_plei-mau`, or `jra` alone.
 */
export type StartPayload = { lang: Lang; villageId: string | null };

const PAYLOAD_LIMIT = 64;

/** Leaves the village out where both do not fit. */
export function writePayload({ lang, villageId }: StartPayload): string {
  const whole = villageId === null ? lang : `${lang}_${villageId}`;
  return whole.length <= PAYLOAD_LIMIT ? whole : lang;
}

/** Null for what no poster of ours says; whoever asks checks whether the place has such a village. */
export function readPayload(payload: string): StartPayload | null {
  const [, code, villageId] = /^([a-z]{2,3})(?:_([a-z0-9-]+))?$/.exec(payload) ?? [];
  const lang = LANGS.find((known) => known === code);
  return lang === undefined ? null : { lang, villageId: villageId ?? null };
}
