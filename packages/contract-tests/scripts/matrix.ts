import type { Rule } from '@idem/contract-tests';
import { type Move, moves, type Property } from '../src/moves.ts';
import { aligned } from './aligned.ts';

/** What each property says of a move. */
export const PROPERTIES: Readonly<Record<Property, string>> = {
  keys: 'takes keys byte for byte, the longest too',
  tokens: 'compares tokens whole',
  fingerprints: 'keeps fingerprints whole',
  'clients-clock': "goes by the backend's clock",
  'long-times': 'keeps long leases and ttls',
  moment: 'judges when it acts, after whatever it waited for',
  values: 'keeps values as they are, and gives memory of its own',
  lapses: 'remembers a lapse for a day',
  fences: 'keeps fences growing',
  crash: 'survives a crash whole',
  load: 'many at once, and many records',
  apart: 'answers callers at once apart',
  anew: 'is answered by what is there now',
  closing: 'under way at close',
  aborting: 'aborted in flight',
};

const NO_TOKEN = 'takes no token';
const NO_TIME = 'begins no time';
const NO_VALUE = 'neither takes nor gives a value';
const CHANGES_NOTHING = 'changes nothing';
const ONE_FOR_ALL = 'answers every caller alike';
const ENDS_NO_CLAIM = 'ends no claim and begins none';

function each(reason: string, ...of: readonly Move[]): Partial<Record<Move, string>> {
  return Object.fromEntries(of.map((move) => [move, reason]));
}

/** Why no rule is to be had for a cell: the property says nothing of that move. */
const REASONS: Readonly<Record<Property, Partial<Record<Move, string>>>> = {
  keys: each('the same call as the first time', 'claim again', 'complete again'),
  tokens: each(NO_TOKEN, 'find', 'exists', 'inspect', 'store', 'remove'),
  fingerprints: {
    ...each('tells none', 'find', 'exists', 'release', 'remove'),
    ...each('leaves none: `find-store.store-has-no-fingerprint`', 'store'),
    ...each('changes nothing: `model.every-move-in-every-situation`', 'complete again'),
  },
  'clients-clock': {},
  'long-times': {
    ...each(NO_TIME, 'find', 'exists', 'remove', 'release'),
    ...each('changes no ttl: `repetition.complete-keeps-first-ttl`', 'complete again'),
    ...each('tells them: `inspect.long-times-are-told`', 'inspect'),
  },
  moment: each('false in a transaction, and outside nothing makes it wait', 'complete again'),
  values: {
    ...each(NO_VALUE, 'exists', 'inspect', 'remove', 'renew', 'release', 'claim again'),
    ...each('records nothing: `repetition.complete-keeps-first-value`', 'complete again'),
  },
  lapses: {
    ...each('tells of no lapse', 'find', 'exists'),
    ...each('settles it: `find-store.store-over-lapsed-is-whole`', 'store'),
  },
  fences: {
    ...each(CHANGES_NOTHING, 'find', 'exists', 'inspect', 'complete again'),
    ...each(ENDS_NO_CLAIM, 'renew', 'claim again'),
  },
  crash: each(CHANGES_NOTHING, 'find', 'exists', 'inspect'),
  load: {},
  apart: each(ONE_FOR_ALL, 'find', 'exists', 'inspect', 'store', 'remove'),
  anew: {},
  closing: {},
  aborting: {},
};

const ANY = '✓';
const DRIVEN = 'driven';
const NOTHING = '–';

/** The matrix as Markdown: a table of what is proven how, and for each property the rules and the reasons. */
export function matrixAsMarkdown(rules: readonly Rule[]): string {
  const matrix = matrixOf(rules);
  const rows = [...matrix].map(([property, cells]) => [
    PROPERTIES[property],
    ...moves.map((move) => markOf(cells.get(move))),
  ]);
  const table = aligned([['', ...moves.map((move) => `\`${move}\``)], ...rows]);
  const lists = [...matrix].map(([property, cells]) => listOf(PROPERTIES[property], cells));
  return [...table, '', ...lists, ''].join('\n');
}

function markOf(cell: Cell | undefined): string {
  if (cell === undefined || 'reason' in cell) return NOTHING;
  if (cell.rules.some(({ proves }) => proves?.driven === true)) return DRIVEN;
  const free = cell.rules.some(({ needs }) => needs.length === 0);
  return free ? ANY : (cell.rules[0]?.needs.join(', ') ?? ANY);
}

function listOf(title: string, cells: ReadonlyMap<Move, Cell>): string {
  const ids = new Set<string>();
  const reasons = new Map<string, Move[]>();
  for (const [move, cell] of cells) {
    if ('rules' in cell) for (const { id } of cell.rules) ids.add(`\`${id}\``);
    else reasons.set(cell.reason, [...(reasons.get(cell.reason) ?? []), move]);
  }
  const proven = `- _${title}_: ${ids.size === 0 ? 'by no rule of its own' : [...ids].join(', ')}.`;
  const open = [...reasons].map(
    ([reason, of]) => `${of.length === moves.length ? 'any' : of.join(', ')} (${reason})`,
  );
  return open.length === 0 ? proven : `${proven} Not of ${open.join('; ')}.`;
}

/** One cell: the rules that prove it, or why there is nothing to prove. */
export type Cell = { readonly rules: readonly Rule[] } | { readonly reason: string };

/** Every property with every move. Throws where a cell has neither a rule nor a reason, or both. */
export function matrixOf(rules: readonly Rule[]): ReadonlyMap<Property, ReadonlyMap<Move, Cell>> {
  const properties = Object.keys(PROPERTIES).filter(isProperty);
  return new Map(
    properties.map((property) => [
      property,
      new Map(moves.map((move) => [move, cellOf(rules, property, move)])),
    ]),
  );
}

function cellOf(rules: readonly Rule[], property: Property, move: Move): Cell {
  const proving = rules.filter(
    ({ proves }) => proves?.property === property && proves.moves.includes(move),
  );
  const reason = REASONS[property][move];
  if (reason === undefined && proving.length > 0) return { rules: proving };
  if (reason !== undefined && proving.length === 0) return { reason };
  const lack = proving.length > 0 ? 'a rule and a reason' : 'neither a rule nor a reason';
  throw new Error(`The cell of ${property} and ${move} has ${lack}.`);
}

function isProperty(name: string): name is Property {
  return name in PROPERTIES;
}
