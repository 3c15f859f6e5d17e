import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Harness } from '@idem/contract-tests';
import { runningHarness } from '../broken/kit/broken-store.ts';
import { ReferenceStore } from '../broken/kit/reference-store.ts';

/** A store that does what the environment asks, at a release or at the end. */
const { MISCHIEF } = process.env;

let ofARelease: ReturnType<typeof AsyncLocalStorage.snapshot> | undefined;

class Mischievous extends ReferenceStore {
  protected override async doRelease(key: string, token: string): Promise<boolean> {
    if (MISCHIEF === 'prints') {
      console.log('noise of the adapter');
      process.stdout.write('and more');
    }
    if (MISCHIEF === 'late') ofARelease = AsyncLocalStorage.snapshot();
    if (MISCHIEF === 'hangs') await new Promise(() => {});
    if (MISCHIEF === 'exits') {
      await sleep(1);
      process.exit(0);
    }
    return MISCHIEF === 'ends well' ? false : super.doRelease(key, token);
  }
}

function throwing(): void {
  throw new Error('of the socket');
}

const base = runningHarness('a mischievous store', Mischievous);
const again = base.open();
let opened = 0;

const harness: Harness = {
  ...base,
  open: async () => {
    opened += 1;
    if (MISCHIEF === 'same') return again;
    if (MISCHIEF === 'opening' && opened === 2) {
      setTimeout(throwing, 1);
      await sleep(20);
    }
    return base.open();
  },
  close: async () => {
    console.error('the harness is closed');
    ofARelease?.(() => setImmediate(throwing));
  },
};

// Once all is done: the run has ended, and its report is written.
if (MISCHIEF === 'ends badly') process.on('beforeExit', () => process.exit(3));
if (MISCHIEF === 'ends well') {
  process.on('beforeExit', () => process.exit(0));
  process.on('exit', () => {
    process.exitCode = 0;
  });
}

export default harness;
