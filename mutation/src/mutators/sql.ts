import type { Mutation } from '../mutant.ts';
import { omits, oneMore, swaps } from './mistakes.ts';
import { type Mistake, mutateTexts } from './texts.ts';

const SQL =
  /\b(?:SELECT|UPDATE|INSERT|DELETE|REPLACE|BEGIN|PRAGMA|WHERE|AND|BETWEEN|DATEADD|DECLARE|WHEN|CREATE|ELSIF|RETURN)\b/;

/** Mistakes in SQL of whichever dialect. */
export const sqlMistakes: readonly Mistake[] = [
  swaps('comparison', / (?:<>|<=|>=|<|>) /g, {
    ' <> ': [' = '],
    ' > ': [' >= ', ' < '],
    ' < ': [' <= ', ' > '],
    ' >= ': [' > ', ' < '],
    ' <= ': [' < ', ' > '],
  }),
  // An equals sign that compares, not one that assigns.
  swaps('comparison', /(?<=\b(?:WHERE|AND|OR|WHEN|IF|ELSIF)\s+\(?[\w@.:]+) = /g, {
    ' = ': [' <> '],
  }),
  swaps('connective', /(?<!\bBETWEEN \S+)\b(?:AND|OR)\b/g, { AND: ['OR'], OR: ['AND'] }),
  omits('conjunct', / AND [\w@.:]+ (?:=|<>|<=|>=|<|>) [\w@.:']+/g),
  swaps('null', /\bIS (?:NOT )?NULL\b/g, {
    'IS NULL': ['IS NOT NULL'],
    'IS NOT NULL': ['IS NULL'],
  }),
  omits('negation', /\bNOT (?=\()/g),
  swaps('arithmetic', / [-+*/] /g, {
    ' + ': [' - '],
    ' - ': [' + '],
    ' * ': [' / '],
    ' / ': [' * '],
  }),
  oneMore(/(?<![\w.@$'-])\d{1,16}(?![\w.'-])/g),
  swaps('state', /'(?:claimed|completed|vacant)'/g, {
    "'claimed'": ["'completed'"],
    "'completed'": ["'vacant'"],
    "'vacant'": ["'claimed'"],
  }),
  swaps('unit of time', /\b(?:MILLISECOND|MICROSECOND|DAY)\b|'subsec'/g, {
    MILLISECOND: ['SECOND'],
    MICROSECOND: ['MILLISECOND'],
    DAY: ['HOUR'],
    "'subsec'": ["'utc'"],
  }),
  swaps('clock', /\b(?:clock_timestamp|statement_timestamp)\(\)/g, {
    'clock_timestamp()': ['now()', 'statement_timestamp()'],
    'statement_timestamp()': ['now()'],
  }),
  swaps('isolation', /\bIMMEDIATE\b|\bFULL\b|\bsynchronous_commit = on\b/gi, {
    IMMEDIATE: ['DEFERRED'],
    FULL: ['OFF', 'NORMAL'],
    'synchronous_commit = on': ['synchronous_commit = off'],
  }),
  omits('lock', /\bFOR (?:NO KEY )?UPDATE\b|\bWITH \((?:UPDLOCK|HOLDLOCK)[^)]*\)/g),
  omits('assignment', /, \w+ = (?:'[^']*'|x'[^']*'|NULL|@?(?!CASE\b)\w+|\d+)(?=[,\n ])/g),
  omits('statement', /\bRETURN;/g),
];

/** Mistakes in the SQL that stands in the strings of a file. */
export function mutateSql(file: string, source: string): Mutation[] {
  return mutateTexts(file, source, (text) => SQL.test(text), sqlMistakes);
}
