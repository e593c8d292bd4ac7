/**
 * JSON as Zalo sends it. Zalo's ids are larger than 2^53 and now and then arrive as bare numbers, which `JSON.parse`
 * rounds without a word: here such a number becomes text with every digit kept.
 */

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue | undefined };

/** The value that the text says, or `undefined` when the text is not JSON. Integers that a double cannot hold come back as strings. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    // JSON.parse is declared `any`; what it returns is a JsonValue by the definition of JSON.
    const value = JSON.parse(text) as JsonValue;
    // Only text that is known to be JSON is searched: on other text the search could be made to take very long.
    return MAY_HOLD_BIG_INTEGER.test(text) ? (JSON.parse(keepBigIntegers(text)) as JsonValue) : value;
  } catch {
    return undefined;
  }
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under `key`, or undefined. */
export function objectAt(from: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = own(from, key);
  return isObject(value) ? value : undefined;
}

/** The array under `key`; an absent or different value is an empty array. */
export function listAt(from: JsonObject | undefined, key: string): JsonValue[] {
  const value = own(from, key);
  return Array.isArray(value) ? value : [];
}

/** The text under `key`. A number counts as its decimal text, since Zalo writes ids and sizes both ways. */
export function textAt(from: JsonObject | undefined, key: string): string | undefined {
  const value = own(from, key);
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** The number under `key`; text that is a plain decimal number counts. */
export function numberAt(from: JsonObject | undefined, key: string): number | undefined {
  const value = own(from, key);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?\d{1,17}(\.\d+)?$/.test(value.trim())) return undefined;
  return Number(value);
}

export function booleanAt(from: JsonObject | undefined, key: string): boolean | undefined {
  const value = own(from, key);
  return typeof value === 'boolean' ? value : undefined;
}

/** Own properties only: a body may name its key `constructor`. */
function own(from: JsonObject | undefined, key: string): JsonValue | undefined {
  return from !== undefined && Object.hasOwn(from, key) ? from[key] : undefined;
}

const MAY_HOLD_BIG_INTEGER = /(?:^|[:,[\s])-?\d{16}/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

function keepBigIntegers(text: string): string {
  return text.replace(STRING_OR_NUMBER, (token) => {
    if (!/^-?\d{16,}$/.test(token)) return token;
    return Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
  });
}
