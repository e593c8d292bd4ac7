import type { TextKey, Values } from '#locales/texts.ts';

/** `warning`: the station works, and somebody should look. `wrong`: something does not work, or must not go on. */
export type Level = 'ok' | 'warning' | 'wrong';

/** One thing that was looked at; the text says how it stands and, where it is not well, what to do. */
export type Finding = { id: string; level: Level; key: TextKey; values: Values };

export function ok(id: string, key: TextKey, values: Values = {}): Finding {
  return { id, level: 'ok', key, values };
}

export function warning(id: string, key: TextKey, values: Values = {}): Finding {
  return { id, level: 'warning', key, values };
}

export function wrong(id: string, key: TextKey, values: Values = {}): Finding {
  return { id, level: 'wrong', key, values };
}
