import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyStore } from '@idem/core';
import type { Move } from '../../moves.ts';
import type { RuleContext } from '../../rule.ts';
import { bytes, LONG } from './material.ts';

/** A key in the state in which a move has its effect, and how to make it and to see what came of it. */
export interface Situation {
  readonly key: string;
  readonly token: string;
  /** Makes the move through a client. */
  act(client: IdempotencyStore, options?: { readonly signal: AbortSignal }): Promise<unknown>;
  /** True for the answer that the contract gives here. */
  isRight(answer: unknown): boolean;
}

/** What a key can be found to be: held by its claim, with a result, or vacant with nothing owed. */
export type Found = 'held' | 'result' | 'vacant' | 'something else';

/** What the key is once the move was made; and, where it was not, what it was before. */
export const AFTER: Readonly<Record<Move, Found>> = {
  find: 'result',
  exists: 'result',
  inspect: 'held',
  store: 'result',
  remove: 'vacant',
  claim: 'held',
  'claim again': 'held',
  complete: 'result',
  'complete again': 'result',
  renew: 'held',
  release: 'vacant',
};

export const BEFORE: Readonly<Record<Move, Found>> = {
  ...AFTER,
  store: 'held',
  remove: 'held',
  claim: 'vacant',
  complete: 'held',
  release: 'held',
};

const VISIBLE = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join('');
/** How long the values of some are, and what the keys of some end in: what is right with little may be wrong with much. */
const LARGE = 70_000;
const LARGER = 300_000;
const ODD_KEY = " é💳e\u0301%_*?'/../#&;=\0";

/**
 * What the key is given: its own, so that an answer that was meant for another shows. Some have a
 * large value or an empty one, the longest fingerprint, or the longest token: by that, which draws them by chance.
 */
function givenTo(token: string): { readonly value: Uint8Array; readonly fingerprint: string } {
  const own = token.slice(6, 22);
  const kind = kindOf(token);
  const text = `result of ${own}`;
  const large = token.charCodeAt(6) % 3 === 0 ? LARGER : LARGE;
  const value =
    kind === LARGE_VALUE ? bytes(text.padEnd(large, own)) : bytes(kind === 1 ? '' : text);
  const print = `of-${own}`;
  return { value, fingerprint: kind === 2 ? `${print}${VISIBLE}`.padEnd(256, print) : print };
}

const KINDS = 9;
const LARGE_VALUE = 0;
const LONG_TOKEN = 5;

function kindOf(token: string): number {
  return token.charCodeAt(5) % KINDS;
}

/** A token of that kind, where one is asked for. */
function tokenOf({ token }: RuleContext, kind: number | undefined): string {
  for (;;) {
    const drawn = token();
    if (kind !== undefined && kindOf(drawn) !== kind) continue;
    return kindOf(drawn) === LONG_TOKEN ? drawn.padEnd(128, drawn) : drawn;
  }
}

function keyFor(context: RuleContext, token: string): string {
  const key = context.key();
  const kind = kindOf(token);
  if (kind === 3) return `${key}${ODD_KEY}`;
  return kind === 4 ? key.padEnd(1_024, 'x') : key;
}

/** Prepares a key of its own for the move, through the rule's client; with a large value, or of a kind that chance draws. */
export async function situation(
  move: Move,
  context: RuleContext,
  { large = false }: { readonly large?: boolean } = {},
): Promise<Situation> {
  const { store } = context;
  const token = tokenOf(context, large ? LARGE_VALUE : undefined);
  const key = keyFor(context, token);
  const { value, fingerprint } = givenTo(token);
  const request = { token, lease: LONG, fingerprint };
  if (BEFORE[move] !== 'vacant') await store.claim(key, request);
  if (BEFORE[move] === 'result') await store.complete(key, token, value, LONG);
  const act = ACTS[move];
  return {
    key,
    token,
    act: (client, options) => act(client, key, token, options),
    isRight: (answer) => RIGHT[move](answer, token),
  };
}

type Act = (
  client: IdempotencyStore,
  key: string,
  token: string,
  options: { readonly signal: AbortSignal } | undefined,
) => Promise<unknown>;

const claim: Act = (client, key, token, options) =>
  client.claim(key, { token, lease: LONG, fingerprint: givenTo(token).fingerprint }, options);
const complete: Act = (client, key, token, options) =>
  client.complete(key, token, givenTo(token).value, LONG, options);

const ACTS: Readonly<Record<Move, Act>> = {
  find: (client, key, _token, options) => client.find(key, options),
  exists: (client, key, _token, options) => client.exists(key, options),
  inspect: (client, key, _token, options) => client.inspect(key, options),
  store: (client, key, token, options) => client.store(key, givenTo(token).value, LONG, options),
  remove: (client, key, _token, options) => client.remove(key, options),
  claim,
  'claim again': claim,
  complete,
  'complete again': complete,
  renew: (client, key, token, options) => client.renew(key, token, LONG, options),
  release: (client, key, token, options) => client.release(key, token, options),
};

const isTrue = (answer: unknown): boolean => answer === true;
const isDone = (answer: unknown): boolean => answer === undefined;
const isAcquired = (answer: unknown): boolean => has(answer, 'outcome', 'acquired');

const RIGHT: Readonly<Record<Move, (answer: unknown, token: string) => boolean>> = {
  find: (answer, token) => isValueOf(token, answer),
  exists: isTrue,
  inspect: (answer, token) =>
    has(answer, 'state', 'claimed') && has(answer, 'fingerprint', givenTo(token).fingerprint),
  store: isDone,
  remove: isDone,
  claim: isAcquired,
  'claim again': isAcquired,
  complete: isTrue,
  'complete again': isTrue,
  renew: isTrue,
  release: isTrue,
};

/** What is answered to who asks for what is not there, or does not hold it. */
const REFUSED: Partial<Readonly<Record<Move, (answer: unknown) => boolean>>> = {
  find: (answer) => answer === null,
  exists: (answer) => answer === false,
  inspect: (answer) => has(answer, 'state', 'vacant') && has(answer, 'takeover', false),
  'claim again': (answer) => has(answer, 'outcome', 'in-progress'),
  complete: (answer) => answer === false,
  'complete again': (answer) => answer === false,
  renew: (answer) => answer === false,
  release: (answer) => answer === false,
};

/** The move by who has no part in it: by another token, or of a key that nobody touched; where that is another answer. */
export function strange(
  move: Move,
  context: RuleContext,
  { key }: Situation,
): Situation | undefined {
  const isRight = REFUSED[move];
  if (isRight === undefined) return undefined;
  const [elsewhere, token] = [context.key('vacant'), context.token()];
  const reads = move === 'find' || move === 'exists' || move === 'inspect';
  const at = reads ? elsewhere : key;
  const act = ACTS[move];
  return { key: at, token, act: (client, options) => act(client, at, token, options), isRight };
}

function isValueOf(token: string, answer: unknown): boolean {
  return answer instanceof Uint8Array && Buffer.compare(answer, givenTo(token).value) === 0;
}

function has(answer: unknown, name: string, value: unknown): boolean {
  return typeof answer === 'object' && answer !== null && Reflect.get(answer, name) === value;
}

const LANDING = 20;
const MOST_ASKED = 10;

/**
 * What the key is found to be. What was given up may take effect between two questions, which then
 * do not agree: they are asked again.
 */
export async function found(context: RuleContext, situation: Situation): Promise<Found> {
  for (let asked = 1; ; asked += 1) {
    const state = await look(context, situation);
    if (state !== 'something else' || asked === MOST_ASKED) return state;
    await sleep(LANDING);
  }
}

async function look({ store }: RuleContext, { key, token }: Situation): Promise<Found> {
  const seen = await store.inspect(key);
  const value = await store.find(key);
  if (seen.state === 'vacant') {
    return value === null && !seen.takeover ? 'vacant' : 'something else';
  }
  if (seen.state === 'completed') {
    return isValueOf(token, value) ? 'result' : 'something else';
  }
  const mine = await store.renew(key, token, LONG);
  const own = seen.fingerprint === givenTo(token).fingerprint;
  return mine && value === null && own ? 'held' : 'something else';
}

/** As many keys, each prepared for the move; the second has a large value. */
export async function situations(
  move: Move,
  context: RuleContext,
  count: number,
): Promise<Situation[]> {
  return Promise.all(
    Array.from({ length: count }, (_, i) => situation(move, context, { large: i === 1 })),
  );
}
