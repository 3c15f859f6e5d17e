import type { Call } from '@idem/contract-tests/linearizability';

/** One line of a published history. */
export interface Event<Operation> {
  readonly process: string;
  /** `fail`: it did not happen. `info`: nobody knows, and its process does nothing more. */
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** What it was to do and, with `ok`, what it did; undefined where the line does not say. */
  readonly operation: Operation | undefined;
}

/** Pairs what a process began with how it ended; `unknown` takes the answer out of an operation. */
export function callsOf<Operation>(
  events: readonly Event<Operation>[],
  unknown: (operation: Operation) => Operation,
): Call<Operation>[] {
  const calls: Call<Operation>[] = [];
  const open = new Map<string, { readonly operation: Operation; readonly invoked: number }>();
  const lost = (begun: { readonly operation: Operation; readonly invoked: number }): void => {
    const returned = Number.POSITIVE_INFINITY;
    calls.push({ ...begun, operation: unknown(begun.operation), returned, required: false });
  };
  for (const [returned, { process, type, operation }] of events.entries()) {
    const begun = open.get(process);
    if (type === 'invoke') {
      if (begun !== undefined) throw new Error(`${process} begins again, event ${returned}`);
      if (operation === undefined) throw new Error(`${process} begins nothing, event ${returned}`);
      open.set(process, { operation, invoked: returned });
      continue;
    }
    if (begun === undefined) continue; // Of what is no client: the one that makes the faults.
    open.delete(process);
    if (type === 'info') lost(begun);
    else if (type === 'ok' || operation !== undefined) {
      calls.push({
        operation: operation ?? begun.operation,
        invoked: begun.invoked,
        returned,
        required: true,
      });
    }
  }
  for (const begun of open.values()) lost(begun);
  return calls;
}
