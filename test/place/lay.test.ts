import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeFile } from '#bot/place/file.ts';
import { fieldsOf, PARTS, readPart } from '#bot/place/form.ts';
import { layEdits, sectionPrint, sectionText, withSections } from '#bot/place/lay.ts';
import { checkChange } from '#bot/place/change.ts';
import { loadPlace, readPlace, standingVillages, type Place } from '#knowledge/place.ts';
import { load as parseYaml } from 'js-yaml';

const loaded = await loadPlace('knowledge/places/mau');
if (!loaded.ok) throw new Error(loaded.file);
const file = loaded.place;
const edit = (section: string, value: unknown, of: string | null = null) => ({ section, value: JSON.stringify(value), of });

test('an edit lies over the file, and a place without its hospital has none', () => {
  const laid = layEdits(file, [edit('police', { phone: '0900 111 222' }, sectionPrint(file, 'police')), edit('hospital', null, sectionPrint(file, 'hospital'))]);
  expect(laid.place.police.phone).toBe('0900 111 222');
  expect(laid.place.hospital).toBeUndefined();
  expect(laid).toMatchObject({ edited: ['police', 'hospital'], conflicts: [], faults: [] });
  expect(laid.place.station).toEqual(file.station);
});

test('what does not read any more is left out and named; everything else holds', () => {
  const laid = layEdits(file, [edit('police', { phone: 'gọi công an' }), edit('commune', 'xã Ia Khác'), { section: 'duty', value: '{', of: null }, { section: 'gone', value: '1', of: null }]);
  expect(laid.faults.sort()).toEqual(['duty', 'police']);
  expect(laid.place.commune).toBe('xã Ia Khác');
  expect(laid.place.police).toEqual(file.police);
});

test('a file that has changed since is a conflict, unless it says the same by now', () => {
  const of = sectionPrint(file, 'police');
  const newer = { ...file, police: { phone: '0900 333 444' } };
  expect(layEdits(newer, [edit('police', { phone: '0900 111 222' }, of)])).toMatchObject({ conflicts: ['police'], place: { police: { phone: '0900 111 222' } } });
  expect(layEdits(newer, [edit('police', { phone: '0900 333 444' }, of)]).conflicts).toEqual([]);
});

test('every part reads back from its own form as it was', () => {
  for (const part of PARTS) expect(checkChange(file, readPart(fieldsOf(file, part), part, file).change), part).toEqual({ ok: true, place: file });
});

test('the exported file is the place', () => {
  const laid = layEdits(file, [edit('dayHours', { from: '6:00', to: '20:30' })]).place;
  expect(readPlace(parseYaml(placeFile(laid)))).toEqual({ ok: true, place: laid });
});

test('a renamed village keeps its id and its old name; a new one gets an id of its own; none is ever lost', () => {
  const typed = fieldsOf(file, 'villages');
  typed.set('villages.0.name', 'Plei Mẫu Mới');
  typed.set('villages.2.retired', 'yes');
  typed.set('villages.3.name', 'Plei Mẫu');
  const read = checkChange(file, readPart(typed, 'villages', file).change);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  expect(read.place.villages.map(({ id, name }) => [id, name])).toEqual([['plei-mau', 'Plei Mẫu Mới'], ['plei-vi-du', 'Plei Ví Dụ'], ['thon-thu', 'Thôn Thử'], ['plei-mau-2', 'Plei Mẫu']]);
  expect(read.place.villages[0]?.aliases).toContain('Plei Mẫu');
  expect(standingVillages(read.place).map(({ id }) => id)).toEqual(['plei-mau', 'plei-vi-du', 'plei-mau-2']);

  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('villages.0.id', 'villages.1.name', 'villages.2.id', 'villages.7.name', 'villages.7.aliases'), fc.string())), (changes) => {
    const any = fieldsOf(file, 'villages');
    for (const [name, value] of changes) any.set(name, value);
    const result = checkChange(file, readPart(any, 'villages', file).change);
    if (result.ok) for (const village of file.villages) expect(result.place.villages.map(({ id }) => id)).toContain(village.id);
  }));
});

test('a fault names the field on the page, also below an empty row', () => {
  const typed = new URLSearchParams([...fieldsOf(file, 'station')].filter(([name]) => !name.startsWith('station.hours.0')));
  typed.set('station.hours.1.to', '7h rưỡi');
  const { change, fieldOf } = readPart(typed, 'station', file);
  const read = checkChange(file, change);
  expect(read.ok ? [] : read.faults.map(({ field }) => fieldOf(field))).toEqual(['station.hours.1.to']);
});

test.each<[string, Partial<Record<string, unknown>>, string]>([
  ['a span that ends before it begins', { answerHours: [{ weekdays: [1], from: '9:00', to: '9:00' }] }, 'answerHours.0.to'],
  ['announcements at night', { dayHours: { from: '4:59', to: '21:00' } }, 'dayHours.from'],
  ['a commune without a village in use', { villages: file.villages.map((village) => ({ ...village, retired: true })) }, 'villages'],
  ['two villages with one id', { villages: [file.villages[0], file.villages[0]] }, 'villages.1.id'],
])('%s is no place', (_name, change, field) => {
  const read = readPlace(withSections(file, change));
  expect(read.ok ? [] : read.faults.map((fault) => fault.field)).toEqual([field]);
});

test('a section prints the same however it came', () => {
  const again: Place = structuredClone(file);
  expect(sectionText(again, 'station')).toBe(sectionText(file, 'station'));
});
