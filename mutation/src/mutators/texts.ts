import { parse } from '@babel/parser';
import type { Mutation } from '../mutant.ts';

/** A small mistake in a language that stands in strings: what is looked for, and what is put there instead. */
export interface Mistake {
  readonly mutator: string;
  /** Global; the whole match is replaced. */
  readonly pattern: RegExp;
  /** What stands there instead, one mutant each. */
  readonly replacements: (match: string) => readonly string[];
}

/** Makes these mistakes in the strings of a TypeScript file that are texts of the language. */
export function mutateTexts(
  file: string,
  source: string,
  isText: (text: string) => boolean,
  mistakes: readonly Mistake[],
): Mutation[] {
  const texts = textsIn(source).filter(({ start, end }) => isText(source.slice(start, end)));
  return texts.flatMap(({ start, end }) => {
    const text = source.slice(start, end);
    return mistakes.flatMap(({ mutator, pattern, replacements }) =>
      [...text.matchAll(pattern)].flatMap((match) =>
        replacements(match[0]).map((replacement) => ({
          file,
          start: start + match.index,
          end: start + match.index + match[0].length,
          replacement,
          mutator,
        })),
      ),
    );
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the text of each string literal and each part of a template stands, without its quotes. */
function textsIn(source: string): Span[] {
  const found: Span[] = [];
  collect(parse(source, { sourceType: 'module', plugins: ['typescript'] }).program, found);
  return found;
}

function collect(node: unknown, found: Span[]): void {
  if (Array.isArray(node)) for (const each of node) collect(each, found);
  if (typeof node !== 'object' || node === null || !('type' in node)) return;
  const { start, end } = spanOf(node);
  if (node.type === 'ImportDeclaration') return;
  if (node.type === 'TemplateElement') found.push({ start, end });
  if (node.type === 'StringLiteral') found.push({ start: start + 1, end: end - 1 });
  for (const child of Object.values(node)) collect(child, found);
}

function spanOf(node: object): Span {
  const start = 'start' in node && typeof node.start === 'number' ? node.start : 0;
  const end = 'end' in node && typeof node.end === 'number' ? node.end : 0;
  return { start, end };
}
