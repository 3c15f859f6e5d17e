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
  return texts.flatMap((span) => mutateSpan(file, source, span, mistakes));
}

/**
 * The same in whole templates: what stands between `${` and `}` is a part of the text, which a mistake
 * may leave out or go round, and is never changed within.
 */
export function mutateTemplates(
  file: string,
  source: string,
  isText: (text: string) => boolean,
  mistakes: readonly Mistake[],
): Mutation[] {
  const { wholes, within } = templatesIn(source);
  const texts = wholes.filter(({ start, end }) => isText(source.slice(start, end)));
  return texts.flatMap((span) => {
    const inside = within.filter(({ start, end }) => start >= span.start && end <= span.end);
    return mutateSpan(file, source, span, mistakes).filter((found) =>
      inside.every(({ start, end }) =>
        [found.start, found.end].every((edge) => edge <= start || edge >= end),
      ),
    );
  });
}

function mutateSpan(
  file: string,
  source: string,
  { start, end }: Span,
  mistakes: readonly Mistake[],
): Mutation[] {
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
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the text of each string literal and each part of a template stands, without its quotes. */
export function textsIn(source: string): Span[] {
  const found: Span[] = [];
  visit(parse(source, { sourceType: 'module', plugins: ['typescript'] }).program, (node) => {
    const { start, end } = spanOf(node);
    if (node.type === 'TemplateElement') found.push({ start, end });
    if (node.type === 'StringLiteral') found.push({ start: start + 1, end: end - 1 });
  });
  return found;
}

/** Where each literal stands as a whole, and where the expressions in templates do, with `${` and `}`. */
function templatesIn(source: string): { readonly wholes: Span[]; readonly within: Span[] } {
  const wholes: Span[] = [];
  const within: Span[] = [];
  visit(parse(source, { sourceType: 'module', plugins: ['typescript'] }).program, (node) => {
    const { start, end } = spanOf(node);
    if (node.type === 'TemplateLiteral' || node.type === 'StringLiteral') {
      wholes.push({ start: start + 1, end: end - 1 });
    }
    if (node.type !== 'TemplateLiteral' || !('quasis' in node)) return;
    const parts = Array.isArray(node.quasis) ? node.quasis.map(spanOf) : [];
    for (const [at, part] of parts.slice(1).entries()) {
      within.push({ start: parts[at]?.end ?? start, end: part.start });
    }
  });
  return { wholes, within };
}

interface Node {
  readonly type: unknown;
}

function visit(node: unknown, see: (node: Node) => void): void {
  if (Array.isArray(node)) for (const each of node) visit(each, see);
  if (typeof node !== 'object' || node === null || !('type' in node)) return;
  if (node.type === 'ImportDeclaration') return;
  see(node);
  for (const child of Object.values(node)) visit(child, see);
}

function spanOf(node: object): Span {
  const start = 'start' in node && typeof node.start === 'number' ? node.start : 0;
  const end = 'end' in node && typeof node.end === 'number' ? node.end : 0;
  return { start, end };
}
