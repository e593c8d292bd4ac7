import { z } from 'zod';

/** Languages a text may be written in, by their ISO 639 tags: Vietnamese, Jrai, Bahnar, English. */
export const LANGS = ['vi', 'jra', 'bdq', 'en'] as const;

export const langSchema = z.enum(LANGS);

export type Lang = (typeof LANGS)[number];
