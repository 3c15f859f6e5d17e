import { absent } from '@idem/contract-tests';
import { describeStoreContract } from '@idem/contract-tests/vitest';
import { MemoryStore } from '@idem/memory';

let now = Date.now();
const backend = new MemoryStore({ clock: () => now });

describeStoreContract(
  {
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
    processes: absent('the records are in the memory of one process'),
    transactions: absent('memory takes part in no transaction'),
  },
  { report: '.conformance.json' },
);
