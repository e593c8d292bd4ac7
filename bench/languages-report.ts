import type { Bench, Figure } from './figure.ts';
import { wilson } from './interval.ts';
import { benchLanguages, FLOOR, SOUGHT, type LanguagesBench } from './languages.ts';
import { openUnderstood, type Understood } from './languages-understood.ts';
import { writePart } from './quality-page.ts';

/** `npm run bench -- languages` measures and writes its part of `docs/quality.md`: each way of typing by length, the goals at five words, then what goes wrong. */
export const bench: Bench = {
  name: 'languages',
  run: async () => {
    const measured = benchLanguages();
    const { rows, neighbours, askedInVain, msPerMessage } = measured;
    const understood = (await openUnderstood(Date.now()))();
    await writePart('languages', page(measured, understood));
    const hundred = (part: number) => part * 100;
    const typed = rows.flatMap(({ style, words, mean: all, of }): Figure[] => {
      const floor = words !== 5 ? undefined : style === 'marked' ? FLOOR.marked : style === 'bare' ? FLOOR.bare : undefined;
      const each = Object.values(of).length < 2 || words !== 5 ? [] : Object.entries(of).map(([lang, part]) => ({ what: `  of these ${lang}`, value: hundred(part), unit: '%' }));
      return [{ what: `recognised, ${style}, ${words} words`, value: hundred(all), unit: '%', ...(floor === undefined ? {} : { goal: { sign: '>=' as const, value: hundred(floor) } }) }, ...each];
    });
    return [
      ...typed,
      ...neighbours.filter(({ words }) => words === 5 || words === 12).map(({ near, words, kept }) => ({ what: `${near} not taken for ours, ${words} words`, value: hundred(kept), unit: '%' })),
      ...askedInVain.map(({ words, part: asked }) => ({ what: `Vietnamese asked in vain, ${words} words`, value: hundred(asked), unit: '%' })),
      { what: 'one message, identifier just loaded', value: msPerMessage, unit: 'ms', goal: { sign: '<=' as const, value: 1 } },
      ...understood.flatMap(({ lang, asked, right, wrong, offered, beside, besideAnswered }): Figure[] => [
        { what: `${lang}: right of the direct answers, held out`, value: hundred(right / Math.max(1, right + wrong)), unit: '%' },
        { what: `${lang}: right or one tap, held out`, value: hundred((right + offered) / asked), unit: '%' },
        { what: `${lang}: running text answered`, value: hundred(besideAnswered / beside), unit: '%' },
      ]),
    ];
  },
};


function page({ rows, neighbours, askedInVain }: LanguagesBench, understood: readonly Understood[]): string {
  const percent = (part: number) => (part * 100).toFixed(1);
  const recognised = rows.map(({ style, words, mean, of }) => `| ${style} | ${words} | ${percent(mean)} | ${(['vi', 'jra', 'bdq', 'en'] as const).map((lang) => (of[lang] === undefined ? '' : percent(of[lang]))).join(' | ')} |`);
  const near = (['ede', 'mnong', 'kriem'] as const).map((name) => `| ${name} | ${neighbours.filter((one) => one.near === name).map(({ kept }) => percent(kept)).join(' | ')} |`);
  const share = (count: number, of: number) => {
    const { percent: all, low, high } = wilson(count, of);
    return `${all.toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)}) ${count}/${of}`;
  };
  const made = understood.map((one) => `| ${one.lang} | ${share(one.right, one.right + one.wrong)} | ${share(one.right, one.asked)} | ${share(one.right + one.offered, one.asked)} | ${share(one.staff, one.asked)} | ${share(one.besideAnswered, one.beside)} | ${share(one.besideOffered, one.beside)} |`);
  return `## Languages

\`npm run bench -- languages\` wrote this part. Which language a message is in, per cent, on the text of \`bench/languages/windows.tsv\`
(\`bench/languages/README.md\` says where it comes from): with its letters, on a Vietnamese keyboard, without any mark, in raw Telex. The first
column is the mean over all languages; its floor at five words is ${percent(FLOOR.marked)} with letters and ${percent(FLOOR.bare)} without, sought are ${percent(SOUGHT.marked)} and ${percent(SOUGHT.bare)}.

| typed | words | all | vi | jra | bdq | en |
|---|---|---|---|---|---|---|
${recognised.join('\n')}

Messages of the neighbours that were taken for none of ours, by length in words. Kriem flatters: its list was made from the same radio.

| | 3 | 5 | 8 | 12 |
|---|---|---|---|---|
${near.join('\n')}

Vietnamese messages after which somebody would be asked for another language: ${askedInVain.map(({ words, part }) => `${percent(part)} (${words} words)`).join(', ')}.

### Questions in Jrai and Bahnar

Every known way of asking, asked while it was held out and its card was known by its other phrasings only. Per cent, with the 95 % interval
(Wilson) and the count. The last two columns are eight words of running text (radio, village law, lessons), which ask for nothing.

| | right of direct answers | right at once | right or one tap | to staff | running text, answered | running text, asked back |
|---|---|---|---|---|---|---|
${made.join('\n')}

All phrasings come from one hand and none from a speaker, so real questions will be understood less often. The thresholds
(\`knowledge/gloss/judge.ts\`) were chosen on every second phrasing and confirmed on the others.
`;
}
