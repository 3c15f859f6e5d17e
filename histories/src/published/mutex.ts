import type { SequentialModel } from '@idem/contract-tests/linearizability';

export type MutexOperation = 'acquire' | 'release';

/** A lock that is taken when it is free, and given back when it is held; by whom, it does not ask. */
export const mutex: SequentialModel<'free' | 'held', MutexOperation> = {
  step: (state, operation) => {
    if (operation === 'acquire') return state === 'free' ? ['held'] : [];
    return state === 'held' ? ['free'] : [];
  },
  name: (state) => state,
  bound: () => 0,
  observes: () => false,
  effect: (operation) => operation,
};
