import type { Whys } from './whys.ts';

export const keys: Whys = {
  case: 'Base64 and ULIDs differ in case alone; a database’s default collation takes two orders for one.',
  accents: 'An accent-insensitive collation gives one customer another’s receipt.',
  normalisation: 'What looks alike to a person was sent by two clients as two keys.',
  'trailing-space':
    'SQL compares with padding: \u2018a\u2019 equals \u2018a \u2019 under every collation of SQL Server.',
  'leading-space': 'A driver or a form that trims makes two keys one.',
  'inner-space': 'A store that tidies white space does the same in the middle.',
  nul: 'A C string ends at it, so every key with the same beginning is one key.',
  emoji: 'utf8 of three bytes refuses them or writes a question mark.',
  patterns: 'KEYS, LIKE and glob take them for wildcards, and a deletion takes the neighbours.',
  quotes: 'A key that is pasted into a statement is an injection.',
  numbers: 'A column or a comparison that turns text into numbers makes 1 and 01 one key.',
  collation: 'ß and ss, i without a dot: languages fold what protocols tell apart.',
  'object-names': '__proto__ as a key of a plain object is no entry of it.',
  'object-names-whole': 'A look-up in a plain object finds toString, and calls it a record.',
  prefixes: 'A hash bucket, a range or an index on a prefix must not answer for the rest.',
  'no-side-records': 'A lock beside the record under key:lock is a key that a user may choose.',
  longest: 'An index of 900 bytes refuses, or cuts, what the contract allows.',
  'last-byte': 'Cut keys collide, and the second order is answered with the first one’s result.',
  shortest: 'A minimum that nobody promised refuses a legal key.',
  'too-long': 'Refused by the one and taken by the other operation, a key would be half usable.',
  empty:
    'A header that was forgotten arrives as the empty text: all those requests would share one key.',
  'lone-surrogates':
    'All of them become the same replacement character: different keys, one record.',
  'not-a-string': 'undefined written as text is one key for everybody who forgot theirs.',
  'names-of-objects-are-keys':
    'Records in a plain object: constructor is there before anybody has written it.',
  words:
    'YAML reads yes as true, a shell * as every file, and a path . as where it is: two orders become one.',
  'every-character-in-*':
    'Between the call and the row stand URLs, paths, query strings and columns of numbers, each with characters of its own that mean something.',
  'exact-in-*':
    'Each statement carries its own comparison and its own parameter type; one that folds is enough to meet a stranger’s record.',
  'bare-words-in-every-operation':
    'A plain object that serves as a map has members of its own, and what meets one of them fails after it wrote.',
};
