import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DOCUMENT_BYTES, readDocument } from '#bot/documents/read.ts';
import { createLibrary } from '#bot/documents/search.ts';
import { addDocument, dropDocument, listDocuments } from '#bot/store/documents.ts';
import { onBothEngines } from '#test/store/engines.ts';
import { wordFile } from './word-file.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a document', () => {
  test('is cut into passages that keep to its headings, each with its place', async () => {
    const read = await readDocument('huong-dan.md', utf8('# Phát màn\nMàn phát cho hộ có trẻ nhỏ.\n\n## Nơi nhận\nNhận ở nhà văn hoá.\n'));
    expect(read).toEqual({ ok: true, passages: [
      { heading: 'Phát màn', position: 1, text: 'Màn phát cho hộ có trẻ nhỏ.' },
      { heading: 'Nơi nhận', position: 2, text: 'Nhận ở nhà văn hoá.' },
    ] });
  });

  test('may be a Word file, with its headings and without its pictures', async () => {
    expect(await readDocument('Kế hoạch.DOCX', wordFile([{ heading: 'Phun thuốc' }, { text: 'Phun &amp; diệt muỗi ngày 5.' }]))).toEqual({ ok: true, passages: [{ heading: 'Phun thuốc', position: 1, text: 'Phun & diệt muỗi ngày 5.' }] });
  });

  test('may be a packed Word file, as programs write them', async () => {
    expect(await readDocument('ke-hoach.docx', wordFile([{ text: 'Phun diệt muỗi ngày 5.' }], undefined, true))).toMatchObject({ ok: true, passages: [{ text: 'Phun diệt muỗi ngày 5.' }] });
  });

  test('of three hundred pages is cut into short passages that lose none of its words', async () => {
    const text = Array.from({ length: 4_000 }, (_, i) => `Câu số ${i} nói về việc phòng bệnh ở thôn, có dấu phẩy, và có thêm vài chữ.`).join(' ');
    const read = await readDocument('dai.txt', utf8(text));
    if (!read.ok) throw new Error(read.why);
    expect(Math.max(...read.passages.map((passage) => passage.text.length))).toBeLessThanOrEqual(700);
    expect(read.passages.map((passage) => passage.text).join(' ').match(/\p{L}+/gu)?.length).toBe(text.match(/\p{L}+/gu)?.length);
  });

  test.each([
    ['anh.pdf', utf8('%PDF'), 'kind'],
    ['to.txt', new Uint8Array(DOCUMENT_BYTES + 1), 'too-big'],
    ['trong.txt', utf8(' \n '), 'empty'],
    ['cu.txt', Uint8Array.from([0xb5, 0xc8, 0xe9, 0x41, 0x42]), 'letters'],
    ['gia.docx', utf8('not a Word file'), 'broken'],
    ['bom.docx', wordFile([{ text: 'x' }], 900_000_000), 'broken'],
    // Its directory says that it is small.
    ['bom-noi-doi.docx', wordFile([{ text: 'x'.repeat(70_000_000) }], 1_000, true), 'broken'],
    ['dai.txt', utf8('chữ '.repeat(200_000)), 'too-long'],
  ] as const)('%s is refused with its reason', async (name, bytes, why) => {
    expect(await readDocument(name, bytes)).toEqual({ ok: false, why });
  });

  test('made of any bytes, cut anywhere, harms nothing', async () => {
    const whole = wordFile([{ heading: 'Một' }, { text: 'hai' }]);
    await fc.assert(fc.asyncProperty(fc.nat(whole.length), fc.uint8Array({ maxLength: 40 }), async (cut, noise) => {
      const bytes = new Uint8Array([...whole.slice(0, cut), ...noise, ...whole.slice(cut + noise.length)]);
      const read = await readDocument('x.docx', bytes);
      expect(read.ok || ['broken', 'empty', 'too-long'].includes(read.why)).toBe(true);
    }), { numRuns: 8 });
  });
});

onBothEngines((fresh) => {
  test('the passages nearest to a question are found as soon as a document is in, in any way of typing, and gone with it', async () => {
    await using ground = await fresh();
    const library = createLibrary(ground.store);
    expect(await library.nearest('phát màn ở đâu', 3)).toEqual([]);
    const id = await ground.store.write((tx) => addDocument(tx, { name: 'ke-hoach.md', bytes: 10, accountId: 'a', passages: [
      { heading: 'Phát màn', position: 1, text: 'Màn tẩm hoá chất phát ở nhà văn hoá thôn.' },
      { heading: 'Giếng', position: 2, text: 'Nước giếng đục thì báo trạm để lấy mẫu.' },
    ] }));
    for (const question of ['phát màn ở đâu', 'phat man o dau']) expect(await library.nearest(question, 1)).toMatchObject([{ document: 'ke-hoach.md', heading: 'Phát màn', position: 1 }]);
    expect(await library.nearest('giá vàng bao nhiêu một chỉ', 3)).toEqual([]);
    expect(await ground.store.read(listDocuments)).toMatchObject([{ name: 'ke-hoach.md', passages: 2, byName: null }]);
    expect(await ground.store.write((tx) => dropDocument(tx, id))).toBe(true);
    expect(await library.nearest('phát màn ở đâu', 1)).toEqual([]);
  });
});
