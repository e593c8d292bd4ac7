import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { statusFileSchema, textStanding } from '#knowledge/translation.ts';
import { isGuarded, isWordList } from '#locales/guarded.ts';
import { residentTexts } from '#locales/standing.ts';

const vietnamese = residentTexts('locales', 'vi');

describe.each(['jra', 'bdq'] as const)('interface texts in %s', (lang) => {
  const texts = residentTexts('locales', lang);
  const status = statusFileSchema.parse(JSON.parse(readFileSync(`locales/${lang}/status.json`, 'utf8')));

  test('each has a status, and the status file names no other', () => {
    expect(Object.keys(status).sort()).toEqual([...texts.keys()].sort());
  });

  test('none counts as approved while no speaker has read it, and most render the Vietnamese of today', () => {
    const standings = [...texts].map(([key, text]) => textStanding(text, vietnamese.get(key) ?? '', status[key]));
    expect(standings.filter((standing) => standing !== 'draft' && standing !== 'stale')).toEqual([]);
    expect(standings.filter((standing) => standing === 'draft').length).toBeGreaterThan(standings.length * 0.8);
  });

  test('danger texts, consent lines, weekdays and word lists for understanding stay Vietnamese', () => {
    expect([...texts.keys()].filter((key) => isGuarded(key) || isWordList(key))).toEqual([]);
  });

  test('a draft button leaves room for its Vietnamese within forty letters', () => {
    for (const [key, text] of texts) if (/^chat:button\./.test(key)) expect(`${text} (${vietnamese.get(key) ?? ''})`.replace(/\{\{.*?\}\}/g, '00').length, key).toBeLessThanOrEqual(40);
  });
});
