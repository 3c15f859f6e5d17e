import { type Call, type SequentialModel, search } from '@idem/contract-tests/linearizability';
import { callsOf } from './events.ts';
import { readJepsenLog } from './jepsen-log.ts';
import { keyValue, readKeyValueLog } from './key-value.ts';
import { readKnossos, registerOperation } from './knossos.ts';
import { mutex } from './mutex.ts';
import { NIL, type RegisterOperation, register } from './register.ts';

export type Outcome = 'explained' | 'inexplicable' | 'undecided';

export interface Verdict {
  readonly outcome: Outcome;
  readonly operations: number;
}

const MOST_TRIED = 5_000_000;

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

/** The history of a map; each key by itself. */
export function judgeKeyValueLog(text: string): Verdict {
  const verdicts = [...readKeyValueLog(text).values()].map((events) =>
    verdictOf(
      keyValue,
      '',
      callsOf(events, (operation) =>
        operation.kind === 'get' ? { ...operation, saw: undefined } : operation,
      ),
    ),
  );
  const operations = verdicts.reduce((sum, verdict) => sum + verdict.operations, 0);
  const outcomes = verdicts.map(({ outcome }) => outcome);
  const worst = (['inexplicable', 'undecided'] as const).find((one) => outcomes.includes(one));
  return { outcome: worst ?? 'explained', operations };
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
): Verdict {
  // What nobody heard of, and which changes nothing, helps no order.
  const considered = calls.filter(
    ({ required, operation }) => required || !model.observes(operation),
  );
  const { outcome } = search(model, [start], considered, MOST_TRIED);
  return { outcome, operations: considered.length };
}
