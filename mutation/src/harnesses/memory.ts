import { absent, type Harness } from '@idem/contract-tests';
import { MemoryStore } from '@idem/memory';

export default (): Harness => {
  let now = Date.now();
  const backend = new MemoryStore({ clock: () => now });
  return {
    name: '@idem/memory',
    open: async () => new MemoryStore({ shareWith: backend }),
    clock: {
      driven: true,
      now: async () => now,
      reach: async (instant) => {
        now = Math.max(now, instant);
      },
    },
    crash: absent('the records end with the process'),
    faults: absent('there is no connection'),
    plant: absent('nothing else can write into this memory'),
    transactions: absent('the application has no transactions in this memory'),
    processes: absent('the records are in the memory of one process'),
  };
};
