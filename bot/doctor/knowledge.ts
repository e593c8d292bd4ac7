import { fileURLToPath } from 'node:url';
import { cardFolders, KNOWLEDGE_DIR } from '#bot/conversation/assemble.ts';
import type { StaffChanges } from '#bot/conversation/open-knowledge.ts';
import { learntStanding, standingOf } from '#knowledge/calibrate.ts';
import { addDays, dayOf } from '#knowledge/day.ts';
import { loadCards, type Base } from '#knowledge/load.ts';
import { layRevisions } from '#knowledge/revisions.ts';
import type { Place } from '#knowledge/place.ts';
import { loadTranslations } from '#knowledge/translation.ts';
import { readUnderstanding } from '#knowledge/understanding.ts';
import { languageStanding } from '#locales/standing.ts';
import type { Texts } from '#locales/texts.ts';
import { ok, warning, wrong, type Finding } from './finding.ts';

const HIGHLAND = ['jra', 'bdq'] as const;
const LOCALES = fileURLToPath(new URL('../../locales', import.meta.url));
/** A card that runs out within so many days is told of. */
const SOON_DAYS = 30;
/** So many ids are named; whoever wants the rest asks `knowledge check`. */
const NAMED = 8;

/** The cards, what waits for a signature or an approval, and whether certainty was measured on the base as it is. */
export async function examineKnowledge(place: Place, placeDir: string, texts: Texts, nowMs: number, changes: StaffChanges): Promise<Finding[]> {
  const folders = cardFolders(placeDir);
  // As residents get them: with what staff changed laid over the files.
  const base = layRevisions(await loadCards(folders, dayOf(nowMs)), changes.revisions, dayOf(nowMs));
  const conflicts = base.conflicts.length === 0 ? [] : [warning('conflicts', 'doctor:conflicts', named(base.conflicts.map(({ cardId }) => cardId)))];
  return [...examineCards(base, nowMs), ...conflicts, ...await examineUnderstanding(base), ...await examineTexts(place, base, folders, texts)];
}

function examineCards(base: Base, nowMs: number): Finding[] {
  const broken = new Set(base.faults.filter((fault) => fault.severity === 'error').map((fault) => fault.file)).size;
  const unsigned = base.cards.filter((card) => card.clinical !== null && card.review.status !== 'signed').length;
  const soon = addDays(dayOf(nowMs), SOON_DAYS);
  const expiring = base.cards.filter((card) => card.validUntil <= soon).map((card) => card.id);
  const overdue = base.cards.filter((card) => card.reviewBy < dayOf(nowMs)).map((card) => card.id);
  const cards = broken > 0 ? wrong('cards', 'doctor:cards.broken', { count: broken }) : base.cards.length === 0 ? wrong('cards', 'doctor:cards.none') : ok('cards', 'doctor:cards.fine', { count: base.cards.length });
  return [
    cards,
    unsigned === 0 ? ok('unsigned', 'doctor:unsigned.fine') : warning('unsigned', 'doctor:unsigned.some', { count: unsigned }),
    base.expired.length === 0 ? ok('expired', 'doctor:expired.fine') : warning('expired', 'doctor:expired.some', named(base.expired)),
    expiring.length === 0 ? ok('expiring', 'doctor:expiring.fine', { days: SOON_DAYS }) : warning('expiring', 'doctor:expiring.some', { days: SOON_DAYS, ...named(expiring) }),
    ...(overdue.length === 0 ? [] : [warning('review', 'doctor:review.overdue', named(overdue))]),
  ];
}

async function examineUnderstanding(base: Base): Promise<Finding[]> {
  const read = await readUnderstanding(KNOWLEDGE_DIR);
  if (!read.ok) return [wrong('understanding', 'doctor:understanding.unreadable')];
  return [measured(standingOf(base.cards, read.understanding)), learnt(learntStanding(base.cards, read.understanding))];
}

function measured(standing: ReturnType<typeof standingOf>): Finding {
  switch (standing) {
    case 'measured': return ok('calibration', 'doctor:calibration.fine');
    case 'earlier': return warning('calibration', 'doctor:calibration.stale');
    case 'missing': return warning('calibration', 'doctor:calibration.missing');
  }
}

function learnt(standing: ReturnType<typeof learntStanding>): Finding {
  switch (standing) {
    case 'learnt': return ok('learnt', 'doctor:learnt.fine');
    case 'earlier': return warning('learnt', 'doctor:learnt.stale');
    case 'missing': return warning('learnt', 'doctor:learnt.missing');
  }
}

/** How far the languages of the place are; a text that no speaker has approved stands beside the Vietnamese, or not at all. */
async function examineTexts(place: Place, base: Base, folders: string[], words: Texts): Promise<Finding[]> {
  const langs = HIGHLAND.filter((lang) => place.languages.includes(lang));
  if (langs.length === 0) return [];
  const translations = await loadTranslations(folders, base.cards);
  return langs.map((lang) => {
    const { texts, cards } = languageStanding(LOCALES, lang, base.cards, translations);
    const open = (count: typeof texts): number => count.draft + count.stale;
    const values = { language: words.say('vi', `chat:languageName.${lang}`), texts: open(texts), cards: open(cards), missing: texts.missing + cards.missing };
    return values.texts + values.cards === 0 ? ok(`texts-${lang}`, 'doctor:texts.fine', values) : warning(`texts-${lang}`, 'doctor:texts.unapproved', values);
  });
}

function named(ids: readonly string[]): { count: number; ids: string } {
  return { count: ids.length, ids: ids.slice(0, NAMED).join(', ') + (ids.length > NAMED ? ', …' : '') };
}
