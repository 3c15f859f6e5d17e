import { type Call, type SequentialModel, search } from '@idem/contract-tests/linearizability';
import { callsOf } from './events.ts';
import { readJepsenLog } from './jepsen-log.ts';
import { type KeyValueOperation, keyValue, readKeyValueLog } from './key-value.ts';
import { readKnossos, registerOperation } from './knossos.ts';
import { mutex } from './mutex.ts';
import { NIL, type RegisterOperation, register } from './register.ts';

export type Outcome = 'explained' | 'inexplicable' | 'undecided';

export interface Verdict {
  readonly outcome: Outcome;
  readonly operations: number;
}

const MOST_TRIED = 10_000_000;

/** The history of a register, as Jepsen logged it. */
export function judgeJepsenLog(text: string): Verdict {
  return verdictOf(register, NIL, callsOf(readJepsenLog(text), unheard));
}

/** The history of a register, as Knossos keeps it; whatever the register was at first. */
export function judgeKnossosRegister(text: string): Verdict {
  return verdictOf(register, NIL, callsOf(readKnossos(text, registerOperation), unheard));
}

export function judgeKnossosMutex(text: string): Verdict {
  const events = readKnossos(text, (f) => (f === ':acquire' ? 'acquire' : 'release'));
  return verdictOf(
    mutex,
    'free',
    callsOf(events, (operation) => operation),
  );
}

/**
 * The history of a map; each key by itself. One wrong key is enough, and it may be plain where others are
 * not: all are tried a little before any is tried much.
 */
export function judgeKeyValueLog(text: string): Verdict {
  let left = [...readKeyValueLog(text).values()].map((events) => callsOf(events, unheardOfKey));
  const operations = left.reduce((sum, calls) => sum + considered(keyValue, calls).length, 0);
  for (let most = 10_000; left.length > 0 && most <= MOST_TRIED; most *= 10) {
    const undecided: typeof left = [];
    for (const calls of left) {
      const { outcome } = verdictOf(keyValue, '', calls, most);
      if (outcome === 'inexplicable') return { outcome, operations };
      if (outcome === 'undecided') undecided.push(calls);
    }
    left = undecided;
  }
  return { outcome: left.length === 0 ? 'explained' : 'undecided', operations };
}

function unheardOfKey(operation: KeyValueOperation): KeyValueOperation {
  return operation.kind === 'get' ? { ...operation, saw: undefined } : operation;
}

function unheard(operation: RegisterOperation): RegisterOperation {
  switch (operation.kind) {
    case 'read':
      return { ...operation, saw: undefined };
    case 'cas':
      return { ...operation, wasSet: undefined };
    case 'write':
      return operation;
  }
}

function verdictOf<State, Operation>(
  model: SequentialModel<State, Operation>,
  start: State,
  calls: readonly Call<Operation>[],
  most: number = MOST_TRIED,
): Verdict {
  const those = considered(model, calls);
  const { outcome } = search(model, [start], those, most);
  return { outcome, operations: those.length };
}

/** What nobody heard of, and which changes nothing, helps no order. */
function considered<Operation>(
  model: Pick<SequentialModel<unknown, Operation>, 'observes'>,
  calls: readonly Call<Operation>[],
): Call<Operation>[] {
  return calls.filter(({ required, operation }) => required || !model.observes(operation));
}
