import type { Context } from 'hono';

/** What was typed into a form. */

/** The fields of a form; of an upload, those that are no files. */
export async function fieldsOf(c: Context): Promise<URLSearchParams> {
  if (c.req.header('content-type')?.startsWith('multipart/form-data') === true) {
    const parts = await c.req.formData().catch(() => new FormData());
    return new URLSearchParams([...parts].flatMap(([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : [])));
  }
  return new URLSearchParams(await c.req.text());
}

/** One field, cut to the length that anybody would need. */
export function text(fields: URLSearchParams, name: string, most: number): string {
  return (fields.get(name) ?? '').slice(0, most);
}
