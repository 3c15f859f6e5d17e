import { expect, test } from 'vitest';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { deferred, fixture, raise, settled, withMethods } from '../support/fixture.ts';
import type { TestStore } from '../support/test-store.ts';
import { WakingTestStore } from '../support/waking-store.ts';

useFakeTime();

function withoutSupports(store: TestStore): TestStore {
  return Object.defineProperty(store, 'supports', { get: () => raise(new Error('driver bug')) });
}

test.each<[string, () => TestStore]>([
  [
    'an unwatch that throws',
    () => withMethods(new WakingTestStore(), { watch: () => () => raise(new Error('driver bug')) }),
  ],
  [
    'a watch that answers a promise',
    () => withMethods(new WakingTestStore(), { watch: async () => () => {} }),
  ],
  ['supports that cannot be read', () => withoutSupports(new WakingTestStore())],
])('%s hides no result', async (_, make) => {
  const { here, elsewhere } = fixture({ store: make() });
  const work = deferred();
  const first = elsewhere.run('k', async () => {
    await work.promise;
    return 'theirs';
  });
  const waiter = here.run('k', () => 'ours', { wait: 10_000 });
  await settled();
  work.resolve();
  await first;
  await pass(2_000);
  expect(await waiter).toMatchObject({ value: 'theirs', replayed: true });
});
