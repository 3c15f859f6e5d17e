import type { Mutation } from '../mutant.ts';
import { omits, swaps } from './mistakes.ts';
import { sqlMistakes } from './sql.ts';
import { type Mistake, mutateTemplates } from './texts.ts';

const SQL =
  /\b(?:SELECT|UPDATE|INSERT|DELETE|WHERE|AND|DECLARE|WHEN|ELSIF|RETURN|IF|SET|CASE|DATEADD|extract|interval|coalesce|int8send|greatest|EndsAt)\b/;

/** A name, a number, a string or what TypeScript puts there. */
const TERM = String.raw`(?:\$\{[^}]*\}|[\w@.:']+)`;

/** What only functions and procedures have, besides the mistakes of any SQL. */
const mistakes: readonly Mistake[] = [
  ...sqlMistakes,
  omits('conjunct', /(?<!BETWEEN \d+) AND (?:NOT )?\$\{[^}]*\}(?! [=<>])/g),
  omits('conjunct', new RegExp(` AND ${TERM} (?:=|<>|<=|>=|<|>) \\$\\{[^}]*\\}`, 'g')),
  omits('assignment', /, \w+ = \w+ \+ \$\{[^}]*\}(?=[,\n ])|, EndsAt = \$\{[^}]*\}(?=[,\n ])/g),
  swaps('negation', /\bIF (?:NOT )?FOUND\b|\bWHEN NOT FOUND\b/g, {
    'IF FOUND': ['IF NOT FOUND'],
    'IF NOT FOUND': ['IF FOUND'],
    'WHEN NOT FOUND': ['WHEN FOUND'],
  }),
  omits('negation', /\bNOT (?=EXISTS|v_row|\$\{)/g),
  swaps('function', /\b(?:greatest|ceil|MIN)(?=\()/g, {
    greatest: ['least'],
    ceil: ['floor'],
    MIN: ['MAX'],
  }),
  swaps('answer', /'(?:not-held|done|done-before|released-before|corrupt|raced)'/g, {
    "'not-held'": ["'done'"],
    "'done'": ["'not-held'"],
    "'done-before'": ["'not-held'"],
    "'released-before'": ["'not-held'"],
    "'corrupt'": ["'absent'"],
    "'raced'": ["'corrupt'"],
  }),
  omits('statement', /(?<=\n *)(?:v_\w+ := |SET @?\w+ = |SET [A-Z_ ]+(?:ON|OFF|LOW|\d+))[^;\n]*;/g),
  omits('statement', /\bIF [^\n;]*?THEN [^\n;]*; END IF;/g),
];

/** The widths of declared types: where one is wrong nothing fits, or nothing changes. */
const DECLARED = /\b(?:BINARY|VARCHAR|DATETIME2)\($/;

/** Mistakes in the functions of PostgreSQL and the procedures of SQL Server, whose text is put together of parts. */
export function mutateServerSql(file: string, source: string): Mutation[] {
  const found = mutateTemplates(file, source, (text) => SQL.test(text), mistakes);
  const isFirst = new Set<string>();
  return found.filter(({ mutator, start, end, replacement }) => {
    const name = `${start} ${end} ${replacement}`;
    if (isFirst.has(name) || DECLARED.test(source.slice(start - 10, start))) return false;
    // Half of an assignment.
    if (mutator === 'assignment' && source.slice(end).startsWith(' + ')) return false;
    isFirst.add(name);
    return true;
  });
}
