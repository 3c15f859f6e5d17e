import { isAbsent } from '../../harness.ts';
import type { Program, ProgramStep } from '../../linearizability/program.ts';
import { freshNames } from '../../model/names.ts';
import type { Operation } from '../../model/operation.ts';
import { withProcesses } from '../../processes/record.ts';
import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { LONG } from '../kit/material.ts';
import { conclude } from './linearizability.ts';

const { rule } = family('linearizability');

const KEYS = 12;
const TIMES = 8;

/** What another process does to a key while its holder goes on renewing, claiming and completing it. */
const INTRUSIONS: readonly ((key: string) => Operation)[] = [
  (key) => ({ name: 'store', key, value: `stored at ${key}`, ttl: LONG }),
  (key) => ({ name: 'remove', key }),
  (key) => ({ name: 'complete', key, token: `of-${key}`, value: `by the other`, ttl: LONG }),
  (key) => ({ name: 'release', key, token: `of-${key}` }),
];

function stepsOf(operations: readonly Operation[]): ProgramStep[] {
  return operations.map((operation) => ({ kind: 'operation', operation, abort: null }));
}

/** Claims its key, renews it again and again, and completes it; then the same key once more. */
function holderOf(key: string): Operation[] {
  const token = `of-${key}`;
  const claim: Operation = { name: 'claim', key, token, lease: LONG, fingerprint: null };
  const renew: Operation = { name: 'renew', key, token, lease: LONG };
  const complete: Operation = { name: 'complete', key, token, value: `of ${key}`, ttl: LONG };
  const renewals = Array.from({ length: TIMES }, () => renew);
  return [claim, ...renewals, claim, ...renewals, complete, { name: 'find', key }];
}

/** Looks, steps in and looks again. */
function intruderOf(key: string, nth: number): Operation[] {
  const look: Operation = { name: 'inspect', key };
  const intrude = INTRUSIONS[nth % INTRUSIONS.length];
  const own = intrude === undefined ? [] : [intrude(key)];
  const looks = Array.from({ length: TIMES }, () => look);
  return [...looks, ...own, look, { name: 'find', key }, ...looks.slice(3), ...own, look];
}

/** Claims and completes its key again and again, and looks what came of it. */
function completerOf(key: string): Operation[] {
  return Array.from({ length: TIMES }, (_, nth): Operation[] => {
    const token = `${nth} of-${key}`;
    return [
      { name: 'claim', key, token, lease: LONG, fingerprint: null },
      { name: 'complete', key, token, value: `${nth} of ${key}`, ttl: LONG },
      { name: 'find', key },
    ];
  }).flat();
}

/** Removes and stores what the completer works on, all the time. */
function wiperOf(key: string): Operation[] {
  return Array.from({ length: 2 * TIMES }, (_, nth): Operation[] => {
    const store: Operation = { name: 'store', key, value: `${nth} stored at ${key}`, ttl: LONG };
    return [...(nth % 4 === 3 ? [store] : []), { name: 'remove', key }];
  }).flat();
}

function programsOf(who: string, of: (key: string, nth: number) => Operation[]): Program[] {
  return Array.from({ length: KEYS }, (_, i) => ({
    client: `${who} ${i + 1}`,
    steps: stepsOf(of(`k${i + 1}`, i)),
  }));
}

/** A step between what one process reads and what it writes, taken by another. */
export const steppedOnRules: readonly Rule[] = [
  rule(
    'stepped-on-by-another-process',
    'While one process claims, renews and completes, another stores, removes, completes and releases the same keys, once and again and again: what was acknowledged is not written over by what was read before.',
    async (context) => {
      const { processes } = context.harness;
      if (isAbsent(processes)) return;
      const rounds = [
        [programsOf('holder', holderOf), programsOf('intruder', intruderOf)],
        [programsOf('completer', completerOf), programsOf('wiper', wiperOf)],
      ];
      await withProcesses(processes, 2, async (run) => {
        for (const groups of rounds) conclude(context, await run(groups, freshNames(context.key)));
      });
    },
    { grade: 'stochastic', needs: ['processes'] },
  ),
];
