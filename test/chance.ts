import fc from 'fast-check';

/**
 * What chance tries in every property. The same in every run, so that a commit is judged by what it changed; `npm run
 * soak` tries others, and `LOA_SEED=… npx vitest run FILE` tries once more what failed there.
 */
const USUAL_SEED = 20_261_122;

fc.configureGlobal({ seed: Number(process.env['LOA_SEED'] ?? USUAL_SEED) });
