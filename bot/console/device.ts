/** Which machine a browser says it runs on, in the names that people know: `Chrome`, `Android`. Null where it is none of these. */
export function deviceOf(agent: string): { browser: string; system: string } | null {
  const browser = BROWSERS.find(([sign]) => sign.test(agent))?.[1];
  const system = SYSTEMS.find(([sign]) => sign.test(agent))?.[1];
  return browser === undefined || system === undefined ? null : { browser, system };
}

// Each names the ones below it as well, to be served like them.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bZalo/u, 'Zalo'], [/coc_coc_browser/u, 'Coc Coc'], [/\bEdg[A-Za-z]*\//u, 'Edge'], [/SamsungBrowser/u, 'Samsung Internet'], [/\bOPR\//u, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//u, 'Firefox'], [/\b(?:Chrome|CriOS|HeadlessChrome)\//u, 'Chrome'], [/\bSafari\//u, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/u, 'Android'], [/iPhone/u, 'iPhone'], [/iPad/u, 'iPad'], [/Windows/u, 'Windows'], [/Mac OS X/u, 'Mac'], [/CrOS/u, 'Chromebook'], [/Linux/u, 'Linux'],
];
