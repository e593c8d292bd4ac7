import { existsSync, globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** What somebody who speaks only Jrai or Bahnar most needs is there in both, whatever else is missing. */
const TOPICS: Record<string, readonly string[]> = {
  hygiene: ['5k.overview', '5k.mask', '5k.disinfect', '5k.distance', '5k.no-gathering', '5k.declaration', '5k.in-force-now'],
  'when and where to vaccinate': ['epi.schedule', 'epi.where', 'epi.free', 'epi.card', 'epi.late', 'epi.newborn', 'epi.2-3-4-months', 'epi.18-months', 'epi.measles', 'vaccine.now', 'vaccine.free', 'vaccine.before'],
  'after vaccination': ['epi.reaction', 'vaccine.after', 'report.vaccine-reaction'],
  'fever and the illnesses': ['epi.postpone', 'covid.symptoms', 'covid.positive', 'covid.home-care', 'disease.dengue', 'disease.measles', 'disease.diphtheria', 'disease.rabies', 'disease.hfmd', 'disease.whooping-cough', 'report.suspected-case'],
  'food and support': ['support.food-emergency', 'support.rice', 'support.health-insurance', 'support.overview', 'support.where', 'support.papers', 'support.poor-household', 'support.elderly'],
  numbers: ['contact.health-station', 'contact.ambulance', 'contact.hotline', 'contact.police', 'contact.village-health-worker', 'contact.social-officer', 'contact.who-does-what'],
  'the chat itself': ['bot.what', 'bot.human', 'bot.language', 'bot.unsubscribe', 'bot.privacy', 'rumour.check'],
};

describe.each(['jra', 'bdq'])('cards in %s', (lang) => {
  const written = new Set(globSync(`knowledge/cards/*/*.${lang}.md`).map((path) => path.split('/').at(-1)?.replace(`.${lang}.md`, '')));

  test.each(Object.entries(TOPICS))('%s', (_kind, ids) => {
    expect(ids.filter((id) => !written.has(id))).toEqual([]);
    expect(ids.filter((id) => globSync(`knowledge/cards/*/${id}.md`).every((path) => !existsSync(path)))).toEqual([]);
  });

  test('at least the forty-five that matter most', () => {
    expect(Object.values(TOPICS).flat().length).toBeGreaterThanOrEqual(45);
  });
});
