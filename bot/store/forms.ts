import { z } from 'zod';
import type { InboundContent, Piece } from '#bot/channels/channel.ts';
import { langSchema } from '#knowledge/lang.ts';

/** Forms of what is kept as JSON text, checked on the way out: what an older program wrote may no longer fit. */

const fileId = z.string();

export const contentSchema = z.union([
  z.strictObject({ kind: z.literal('text'), text: z.string(), forwarded: z.boolean() }),
  z.strictObject({ kind: z.literal('button'), value: z.string() }),
  z.strictObject({ kind: z.literal('voice'), fileId, durationSeconds: z.number().nullable() }),
  z.strictObject({ kind: z.enum(['image', 'sticker', 'location', 'file']), fileId: fileId.nullable(), caption: z.string().nullable() }),
  z.strictObject({ kind: z.literal('start'), payload: z.string().nullable() }),
  z.strictObject({ kind: z.literal('stop') }),
]) satisfies z.ZodType<InboundContent>;

const layoutSchema = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('answer'), lead: z.string(), body: z.string(), more: z.string().nullable(), source: z.string(), notice: z.string().nullable() }),
  z.strictObject({ form: z.literal('choices'), lead: z.string() }),
  z.strictObject({ form: z.literal('passed'), lead: z.string(), body: z.string() }),
  z.strictObject({ form: z.literal('emergency'), lead: z.string(), steps: z.array(z.string()), calls: z.array(z.strictObject({ label: z.string(), number: z.string() })) }),
  z.strictObject({ form: z.literal('person'), name: z.string(), role: z.string(), body: z.string() }),
  z.strictObject({ form: z.literal('plain') }),
]);

export const pieceSchema = z.strictObject({
  text: z.string(),
  lang: langSchema,
  cardId: z.string().nullable(),
  buttons: z.array(z.strictObject({ label: z.string(), value: z.string() })),
  layout: layoutSchema,
  picture: z.strictObject({ id: z.string(), alt: z.string() }).exactOptional(),
  voice: z.strictObject({ id: z.string(), lang: langSchema, seconds: z.number().nullable() }).exactOptional(),
  beside: z.strictObject({ lang: langSchema, text: z.string() }).exactOptional(),
  template: z.strictObject({ id: z.string(), data: z.record(z.string(), z.string()) }).exactOptional(),
}) satisfies z.ZodType<Piece>;

/** The pieces of an announcement in each language that has them; Vietnamese always has. */
export const frozenSchema = z.strictObject({
  vi: z.array(pieceSchema),
  jra: z.array(pieceSchema).exactOptional(),
  bdq: z.array(pieceSchema).exactOptional(),
  en: z.array(pieceSchema).exactOptional(),
});
export type FrozenPieces = z.infer<typeof frozenSchema>;

export const wordListSchema = z.array(z.string());

/** Reads JSON text by its schema; throws when it does not fit, naming fields and never values. */
export function readJson<T>(schema: z.ZodType<T>, text: string): T {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new Error('stored JSON is not JSON');
  }
  const read = schema.safeParse(raw);
  if (read.success) return read.data;
  throw new Error(`stored JSON does not fit: ${read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`).join(', ')}`);
}
