import { absent, type Harness } from '@idem/contract-tests';
import { MemoryStore } from '@idem/memory';

/** Tells when it has been closed. */
class Client extends MemoryStore {
  readonly #closed: () => void;

  constructor(shareWith: MemoryStore, closed: () => void) {
    super({ shareWith });
    this.#closed = closed;
  }

  protected override async doClose(): Promise<void> {
    await super.doClose();
    this.#closed();
  }
}

/**
 * Records end with the last client: so each rule has a store of its own, and a mistake that shows in
 * the first record after an end, and never again, is shown to every rule.
 */
export default (): Harness => {
  let now = Date.now();
  let open = 0;
  let backend = new MemoryStore();
  return {
    name: '@idem/memory',
    open: async () => {
      if (open === 0) backend = new MemoryStore({ clock: () => now });
      open += 1;
      return new Client(backend, () => {
        open -= 1;
      });
    },
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
