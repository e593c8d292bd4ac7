import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js)$/.test(entry.name) && !/node_modules|\/dist\/|zalo-sdk-adapter\/(test|fake)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every string that the program itself could show: literals and templates, not comments. */
function literals(file: string): { text: string; line: number }[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: { text: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push({ text: node.text, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** Two words or more, written in code as `expected`, `error` or `message` of an object, templates and conditions included. */
function said(code: string): { text: string; line: number }[] {
  const source = ts.createSourceFile('code.ts', code, ts.ScriptTarget.Latest, true);
  const found: { text: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && /^(expected|error|message)$/.test(node.name.text)) {
      const text = wordsOf(node.initializer);
      if (/\p{L}\P{L}* \P{L}*\p{L}/u.test(text)) found.push({ text, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** The words of an expression that are written in it; what it calls has its own. */
function wordsOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return [node.head, ...node.templateSpans.map((span) => span.literal)].map((part) => part.text).join('…');
  if (ts.isConditionalExpression(node)) return `${wordsOf(node.whenTrue)} ${wordsOf(node.whenFalse)}`.trim();
  if (ts.isBinaryExpression(node)) return `${wordsOf(node.left)} ${wordsOf(node.right)}`.trim();
  return ts.isParenthesizedExpression(node) ? wordsOf(node.expression) : '';
}

const vietnamese = /[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]/iu;

/** Headings of the card file's form: part of a file format, written by authors and never shown from the code. */
const formHeadings = ['knowledge/sheet.ts Xem thêm', 'knowledge/sheet.ts Chuyên môn'];

describe('texts that people read', () => {
  test('stand in locales or in cards: no Vietnamese, Jrai or Bahnar words in the program', () => {
    const strays = ['bot', 'knowledge', 'locales'].flatMap(sources).flatMap((file) => literals(file).filter(({ text }) => vietnamese.test(text.normalize('NFC')) && !formHeadings.includes(`${relative(root, file)} ${text}`)).map(({ text, line }) => `${relative(root, file)}:${line} ${text.slice(0, 60)}`));
    expect(strays).toEqual([]);
  });

  test('are never printed from a literal: what is written to a person comes from a text key', () => {
    const strays = sources('bot').filter((file) => !file.includes('zalo-sdk-adapter')).flatMap((file) => {
      const code = readFileSync(file, 'utf8');
      return [...code.matchAll(/(?:std(?:out|err)\.write|console\.\w+)\(\s*(['"`])((?:(?!\1).)*)\1/gs)].filter((hit) => /\p{L}{3,} \p{L}{2,}/u.test(hit[2] ?? '')).map((hit) => `${relative(root, file)}: ${(hit[2] ?? '').slice(0, 60)}`);
    });
    expect(strays).toEqual([]);
  });

  test('are never what a schema or a fault says of itself: that is a rule, and its sentence stands in the texts', () => {
    const caught = ['x({ error: \'a day\' })', 'x({ expected: `not ${y} here` })', 'x({ expected: e ? e.message : \'a file\' })'];
    expect(caught.map((code) => said(code).length)).toEqual([1, 1, 1]);
    expect(said('x({ error: ruleMessage(\'day\'), expected: wanted(\'phone\') })')).toEqual([]);
    const strays = ['bot', 'knowledge'].flatMap(sources).filter((file) => !file.includes('zalo-sdk-adapter')).flatMap((file) => said(readFileSync(file, 'utf8')).map(({ text, line }) => `${relative(root, file)}:${line} ${text.slice(0, 60)}`));
    expect(strays).toEqual([]);
  });
});
