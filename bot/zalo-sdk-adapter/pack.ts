import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Run by `npm pack` and `npm publish`, before and after. In the repository the package is its TypeScript source; in a
 * tarball it has to be JavaScript, since Node strips no types below `node_modules`. npm offers no other manifest for the
 * tarball, so the one manifest is turned over and back. Both turns can be computed from either state: a pack that was
 * cut off leaves a package that works, and the next pack, or `node pack.ts to-source`, puts it right.
 */

/** An entry is a source file here, and a pair of built files in a tarball. */
const SOURCE = /^\.\/(.+)\.ts$/;
const BUILT = /^\.\/dist\/(.+)\.js$/;

type Entry = string | { types: string; default: string };
type Exports = Record<string, Entry>;

export function toJavaScript(exports: Exports): Exports {
  return mapped(exports, (path) => {
    const name = SOURCE.exec(path)?.[1];
    return name === undefined ? undefined : { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
  });
}

export function toSource(exports: Exports): Exports {
  return mapped(exports, (path) => {
    const name = BUILT.exec(path)?.[1];
    return name === undefined ? undefined : `./${name}.ts`;
  });
}

function mapped(exports: Exports, turn: (path: string) => Entry | undefined): Exports {
  return Object.fromEntries(Object.entries(exports).map(([name, entry]) => [name, turn(typeof entry === 'string' ? entry : entry.default) ?? entry]));
}

function turnManifest(turn: (exports: Exports) => Exports): void {
  const path = join(import.meta.dirname, 'package.json');
  const text = readFileSync(path, 'utf8');
  const exports = /"exports": (\{[\s\S]*?\n {2}\})/.exec(text)?.[1];
  if (exports === undefined) throw new Error(`${path} has no "exports" that ends on a line of its own`);
  // The file is the package's own; its shape is checked by the test that installs the tarball.
  const turned = JSON.stringify(turn(JSON.parse(exports) as Exports), null, 2).replaceAll('\n', '\n  ');
  // Written beside and renamed, so that no moment has half a manifest.
  writeFileSync(`${path}.turning`, text.replace(exports, () => turned));
  renameSync(`${path}.turning`, path);
}

function build(): void {
  rmSync(join(import.meta.dirname, 'dist'), { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '--project', join(import.meta.dirname, 'tsconfig.build.json')], { stdio: 'inherit' });
}

switch (process.argv[1] === import.meta.filename ? process.argv[2] : 'imported') {
  case 'to-javascript':
    build();
    turnManifest(toJavaScript);
    break;
  case 'to-source':
    turnManifest(toSource);
    break;
  case 'imported':
    break;
  case undefined:
  default:
    process.stderr.write('usage: node pack.ts to-javascript | to-source\n');
    process.exitCode = 2;
}
