import { readFile, writeFile } from 'node:fs/promises';

/** `docs/quality.md`: each benchmark that publishes has a part of its own between two marks. */

const PAGE = new URL('../docs/quality.md', import.meta.url);

/** Writes one part of the page and leaves the others as they are. */
export async function writePart(name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${name}: written by npm run bench -->`, `<!-- end of ${name} -->`];
  const before = await readFile(PAGE, 'utf8').catch(() => '# Measured quality\n');
  const part = `${begin}\n\n${text}\n${end}`;
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  const whole = from >= 0 && to > from ? before.slice(0, from) + part + before.slice(to + end.length) : `${before.trimEnd()}\n\n${part}\n`;
  await writeFile(PAGE, whole);
}
