import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import qrcode from 'qrcode-generator';
import { posterLinks } from '#bot/poster/links.ts';
import { drawPoster, type PosterWords } from '#bot/poster/poster.ts';
import type { Place } from '#knowledge/place.ts';
import type { Lang } from '#knowledge/lang.ts';
import type { Texts } from '#locales/texts.ts';
import { placeForVerb } from './open-store.ts';
import type { ExitCode, Verb, VerbContext } from './verb.ts';

/** `poster FILE.svg [--village ID] [--telegram NAME] [--zalo OA_ID]`: an A4 page with the ways to the station. */
export const verb: Verb = {
  usage: (texts) => texts.say('vi', 'cli:poster.usage'),
  run: async (args, context) => {
    const { texts, err } = context;
    const asked = readArgs(args);
    if (asked === null) {
      err.write(`${texts.say('vi', 'cli:poster.usage')}\n`);
      return 2;
    }
    const place = await placeForVerb(context);
    return place === null ? 1 : draw(asked, place, context);
  },
};

type Asked = { file: string; village: string | null; telegram: string | null; zalo: string | null };

function readArgs(args: string[]): Asked | null {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { village: { type: 'string' }, telegram: { type: 'string' }, zalo: { type: 'string' } } });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) return null;
    return { file, village: values.village ?? null, telegram: values.telegram?.replace(/^@/, '') ?? null, zalo: values.zalo ?? null };
  } catch {
    return null;
  }
}

async function draw(asked: Asked, place: Place, { texts, out, err, config }: VerbContext): Promise<ExitCode> {
  const village = place.villages.find((known) => known.id === asked.village);
  if (asked.village !== null && village === undefined) {
    err.write(`${texts.say('vi', 'cli:poster.noVillage', { id: asked.village.slice(0, 40), known: place.villages.map((known) => known.id).join(', ') })}\n`);
    return 1;
  }
  const links = posterLinks({ telegramUsername: asked.telegram, zaloOaId: asked.zalo, publicUrl: config.publicUrl }, { lang: 'vi', villageId: village?.id ?? null });
  if (links.length === 0) {
    err.write(`${texts.say('vi', 'cli:poster.noLink')}\n`);
    return 1;
  }
  const svg = drawPoster({
    station: place.station.name,
    words: posterWords(place, texts),
    languages: place.languages.map((lang) => texts.say('vi', `chat:languageName.${lang}`)).join(' · '),
    village: village?.name ?? null,
    machine: texts.say('vi', 'poster:machine'),
    emergency: texts.say('vi', 'poster:emergency', { phone: place.station.phone }),
    links: links.map((link) => ({ ...link, label: texts.say('vi', `poster:channel.${link.channel}`) })),
  }, squares);
  await writeFile(asked.file, svg);
  out.write(`${texts.say('vi', 'cli:poster.done', { file: asked.file })}\n`);
  return 0;
}

/** The Vietnamese, and each language of the place in which a speaker has approved the poster's words. */
function posterWords(place: Place, texts: Texts): [PosterWords, ...PosterWords[]] {
  const words = (lang: Lang): PosterWords => ({ lang, title: texts.say(lang, 'poster:title'), what: texts.say(lang, 'poster:what'), how: texts.say(lang, 'poster:how') });
  const others = place.languages.filter((lang) => lang !== 'vi' && texts.langOf(lang, 'poster:title') === lang);
  return [words('vi'), ...others.map(words)];
}

/** Medium correction: a poster gets wet and torn. */
function squares(text: string): boolean[][] {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const side = code.getModuleCount();
  return Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_column, column) => code.isDark(row, column)));
}
