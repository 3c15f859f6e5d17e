import { now } from '../../model/monotonic.ts';
import { type OperationName, operationNames } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire } from '../kit/steps.ts';

const { rule } = family('keys');

/** Everything in ASCII that is no letter and no digit, and what is like a space or nothing beyond it. */
const CHARACTERS: readonly string[] = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter(
    (character) => !/[a-zA-Z0-9]/.test(character),
  ),
  ...['\u0085', '\u00a0', '\u00ad', '\u0301', '\u200b', '\u200d', '\u2028', '\u3000', '\ufeff'],
];

/** What a URL, a path, a query, an escape or a template makes of a text. */
const SEQUENCES: readonly string[] = [
  ...['./', '../', '/./', '/../', '//', '\\\\', '%00', '%20', '%2F', '%25', '&amp;', '&#97;', '=?'],
  ...['\\n', '\\u0061', '\\x61', `\${a}`, '#{a}', '{{a}}', '$(a)', '--', '/*', '*/', '::', '\r\n'],
];

/** How many are asked for at once. */
const AT_ONCE = 50;
/** Milliseconds after which a slow backend is asked for no more of them: others in each run. */
const ENOUGH = 500;

/** Keys that become that one, or a part of it, when what was put there means something; in an order of chance. */
function othersOf({ random }: RuleContext, start: string): string[] {
  const one = `${start}ab`;
  const put = [...CHARACTERS, ...SEQUENCES].flatMap((what) => [
    ...[`${one}${what}`, `${what}${one}`, `${one}${what}c`, `${start}a${what}b`],
  ]);
  const paths = [`${start}x/../ab`, `x/../${one}`, `${one}/.`, `${one}/c/..`];
  const all = [...new Set([...put, ...paths])];
  return all
    .map((other) => ({ other, at: random(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ other }) => other);
}

/** Numbers that are one when they are kept as such. */
function numbersOf({ random }: RuleContext): readonly [one: string, others: readonly string[]] {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => String(random(10))).join('');
  const one = `1${digits(22)}0`;
  const others = [`0${one}`, `00${one}`, `+${one}`, `${one}.0`, `${one}e0`, ` ${one}`, `${one}n`];
  return [one, [...others, `${one.slice(0, -1)}1`, `-${one}`, String(Number(one))]];
}

/** Does the operation to a vacant key, and answers whether it was met as one. */
const VACANT: Readonly<
  Record<OperationName, (context: RuleContext, key: string, token: string) => Promise<boolean>>
> = {
  find: async ({ store }, key) => (await store.find(key)) === null,
  exists: async ({ store }, key) => !(await store.exists(key)),
  inspect: async ({ store }, key) => (await store.inspect(key)).state === 'vacant',
  store: async ({ store }, key) => {
    await store.store(key, bytes(key), LONG);
    const found = await store.find(key);
    return found !== null && Buffer.compare(found, bytes(key)) === 0;
  },
  remove: async ({ store }, key) => {
    await store.remove(key);
    return true;
  },
  claim: async ({ store, token }, key) =>
    (await store.claim(key, { token: token(), lease: LONG })).outcome === 'acquired',
  complete: async ({ store }, key, token) =>
    !(await store.complete(key, token, bytes('other'), LONG)),
  release: async ({ store }, key, token) => !(await store.release(key, token)),
  renew: async ({ store }, key, token) => !(await store.renew(key, token, 3 * LONG)),
};

/** Does the operation to the key that is taken, and answers whether it was met as that. */
const TAKEN: typeof VACANT = {
  find: async ({ store }, key) => (await store.find(key)) !== null,
  exists: ({ store }, key) => store.exists(key),
  inspect: async ({ store }, key) => (await store.inspect(key)).state === 'claimed',
  store: (context, key, token) => VACANT.store(context, key, token),
  remove: async ({ store }, key) => {
    await store.remove(key);
    return (await store.inspect(key)).state === 'vacant';
  },
  claim: async ({ store, token }, key) =>
    (await store.claim(key, { token: token(), lease: LONG })).outcome === 'in-progress',
  complete: ({ store }, key, token) => store.complete(key, token, bytes('one'), LONG),
  release: ({ store }, key, token) => store.release(key, token),
  renew: ({ store }, key, token) => store.renew(key, token, LONG),
};

const READS: readonly OperationName[] = ['find', 'exists', 'store'];

/** One key is taken, and the operation is done to all the others. */
async function expectApart(
  context: RuleContext,
  operation: OperationName,
  one: string,
  others: readonly string[],
): Promise<void> {
  const { store, expect } = context;
  const { token } = await acquire(context, one, { fingerprint: 'print' });
  const begun = now();
  const done = READS.includes(operation);
  if (done) await store.complete(one, token, bytes('one'), LONG);
  for (let from = 0; from < others.length; from += AT_ONCE) {
    if (from >= AT_ONCE && now() - begun > ENOUGH) break;
    const some = others.slice(from, from + AT_ONCE);
    const met = await Promise.all(some.map((other) => VACANT[operation](context, other, token)));
    for (const [i, right] of met.entries()) {
      const what = `${operation} of ${JSON.stringify(some[i])}, where ${JSON.stringify(one)} is taken`;
      expect.that(what, right, 'a key of its own', 'another');
    }
  }
  const seen = await store.inspect(one);
  const what = `${JSON.stringify(one)}, after ${operation} of others`;
  expect.same(what, seen.state, done ? 'completed' : 'claimed');
  if (done) expect.same(what, await store.find(one), bytes('one'));
  if (seen.state === 'claimed') {
    const kept = seen.leaseRemaining <= LONG + ROUNDING;
    expect.that(`the lease of ${what}`, kept, `at most ${LONG} ms`, seen.leaseRemaining);
  }
  const met = await TAKEN[operation](context, one, token);
  expect.that(`${operation} of ${JSON.stringify(one)} itself`, met, 'its own record', 'another');
}

/** What is no text to somebody when it is all that there is: of YAML, JSON, JavaScript and shells. */
const WORDS: readonly string[] = [
  ...['true', 'True', 'yes', 'Yes', 'on', 'y', '1', '01', '1.0', '1e0', 'false', 'no', 'off', '0'],
  ...['null', 'Null', '~', 'None', 'nil', 'undefined', 'NaN', 'Infinity', '[]', '{}', '""', '0x1'],
  ...['-0', '.', '..', '/', '*', '%', ' ', '\t', '\n', '2030-01-01', '2030-01-01T00:00:00Z'],
];

const wordRule: Rule = rule(
  'words',
  'A key that is a word or a sign of its own elsewhere, such as true, null, a number or a dot, is the text that it is.',
  async ({ store, expect }) => {
    try {
      for (const word of WORDS) await store.store(word, bytes(`of ${word}`), LONG);
      for (const word of WORDS) {
        const what = `find of ${JSON.stringify(word)}`;
        expect.same(what, await store.find(word), bytes(`of ${word}`));
      }
    } finally {
      // They are not this run's alone: nothing of them is left.
      for (const word of WORDS) await store.remove(word);
    }
  },
);

/** No character is nothing, wherever it stands, and no key is a number. */
export const foreignCharacterRules: readonly Rule[] = [
  wordRule,
  ...operationNames.map(everyCharacterIn),
];

function everyCharacterIn(operation: OperationName): Rule {
  return rule(
    `every-character-in-${operation}`,
    `For ${operation} each character of a key counts wherever it stands: all of ASCII, spaces and marks beyond it, and what is a path, a query, an escape or a number elsewhere.`,
    async (context) => {
      const start = context.key('');
      await expectApart(context, operation, `${start}ab`, othersOf(context, start));
      const [number, numbers] = numbersOf(context);
      await expectApart(context, operation, number, numbers);
    },
    { proves: { property: 'keys', moves: [operation] } },
  );
}
