import type { RunContext } from '@idem/core';
import type { Checks } from '../checks/checks.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Link } from '../store/link.ts';
import { writeTo } from '../store/transactions.ts';
import type { Call } from './call.ts';

/** Where a function lives: what it can reach. */
export interface Surroundings {
  readonly link: Link;
  readonly database: Database;
  readonly checks: Checks;
}

/** What a function throws that was told to throw; `recordErrors` knows the recorded ones by their message. */
export class Thrown extends Error {}

/** Does what the call's script says, and tells the checks when it begins and ends. */
export async function perform(
  call: Call,
  context: RunContext & { readonly tx?: Transaction },
  { link, database, checks }: Surroundings,
): Promise<unknown> {
  const { script, key } = call.plan;
  const { process } = call;
  const execution = checks.begins(call, context);
  const { id } = execution;
  if (context.tx?.refused) {
    process.world.fail('holds its claim', `${id} began in ${context.tx.name}, which refused it`);
  }
  try {
    if (script.blocks && script.duration > 0) process.stall(script.duration);
    await sleep(call, context.signal, script.duration);
    if (context.tx !== undefined) {
      const dies = execution.attempt <= script.deadlocks;
      await writeTo(link, database, context.tx, { key, by: id }, dies);
    }
    switch (script.ends) {
      case 'throws':
        throw new Thrown(`thrown by ${id}`);
      case 'throws what is recorded':
        throw new Thrown(`recorded by ${id}`);
      default:
    }
    if (context.tx === undefined) checks.effect(execution);
    return script.ends === 'returns' ? { by: id } : Number.NaN;
  } finally {
    checks.ends(execution);
  }
}

function sleep({ plan, process }: Call, signal: AbortSignal, duration: number): Promise<void> {
  return new Promise((resolve, reject) => {
    process.after(duration, `the work of ${plan.id}`, resolve);
    if (!plan.script.heedsAbort) return;
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
}
