import type { SequentialModel } from '@idem/contract-tests/linearizability';

/** A register that compares and sets: what etcd, MongoDB and RethinkDB were tried as. */
export type RegisterOperation =
  /** `saw` is undefined where nobody heard what was read. */
  | { readonly kind: 'read'; readonly saw: string | undefined }
  | { readonly kind: 'write'; readonly value: string }
  | {
      readonly kind: 'cas';
      readonly from: string;
      readonly to: string;
      /** Undefined where nobody heard whether it was set. */
      readonly wasSet: boolean | undefined;
    };

export const NIL = 'nil';

export const register: SequentialModel<string, RegisterOperation> = {
  step: (state, operation) => {
    switch (operation.kind) {
      case 'read':
        return operation.saw === undefined || operation.saw === state ? [state] : [];
      case 'write':
        return [operation.value];
      case 'cas': {
        const isSet = operation.from === state;
        if (operation.wasSet !== undefined && operation.wasSet !== isSet) return [];
        return [isSet ? operation.to : state];
      }
    }
  },
  name: (state) => state,
  bound: () => 0,
  observes: (operation) =>
    operation.kind === 'read' || (operation.kind === 'cas' && operation.wasSet === false),
  effect: (operation) => JSON.stringify(operation),
};
