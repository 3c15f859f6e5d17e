import type { Mutation } from '../mutant.ts';
import { omits, oneMore, swaps } from './mistakes.ts';
import { type Mistake, mutateTexts } from './texts.ts';

/** What only a text of Lua has. */
export const LUA: RegExp = /redis\.|\blocal\b|\bthen\b|\breturn\b|string\.|\band\b|tonumber/;

const mistakes: readonly Mistake[] = [
  swaps('comparison', / (?:==|~=|<=|>=|<|>) /g, {
    ' == ': [' ~= '],
    ' ~= ': [' == '],
    ' > ': [' >= ', ' < '],
    ' < ': [' <= ', ' > '],
    ' >= ': [' > '],
    ' <= ': [' < '],
  }),
  swaps('connective', / (?:and|or) /g, { ' and ': [' or '], ' or ': [' and '] }),
  swaps('arithmetic', / [-+*/] /g, {
    ' + ': [' - '],
    ' - ': [' + '],
    ' * ': [' / '],
    ' / ': [' * '],
  }),
  omits('negation', /\bnot (?=\w)/g),
  {
    mutator: 'condition',
    pattern: /(?<=\bif )[^\n$]+(?= then\b)/g,
    replacements: () => ['true', 'false'],
  },
  // Neither in a word, nor in a format such as %06d.
  oneMore(/(?<![\w.%])\d{1,15}(?![\w.])/g),
  swaps('answer', /return '[01X]'/g, {
    "return '1'": ["return '0'"],
    "return '0'": ["return '1'"],
    "return 'X'": ["return '0'"],
  }),
  swaps('unit of time', /'PX'|\bPEXPIRE(?:AT)?\b/g, {
    "'PX'": ["'EX'"],
    PEXPIRE: ['EXPIRE', 'PERSIST'],
    PEXPIREAT: ['EXPIREAT'],
  }),
  swaps('rounding', /math\.(?:ceil|floor)/g, {
    'math.ceil': ['math.floor'],
    'math.floor': ['math.ceil'],
  }),
  omits('statement', /(?<=\n[ \t]*)redis\.p?call\([^\n]*\)(?=\n)/g),
  omits('statement', /(?<=\n[ \t]*)(?:return [^\n]+|[a-z]+ = [^\n]+)(?=\n)/g),
];

/**
 * Mistakes in the Lua that stands in the strings of a file. None of `redis.call` for `redis.pcall`: they differ
 * where Redis itself refuses a command, which no rule of the contract brings about.
 */
export function mutateLua(file: string, source: string): Mutation[] {
  return mutateTexts(file, source, (text) => LUA.test(text), mistakes);
}
