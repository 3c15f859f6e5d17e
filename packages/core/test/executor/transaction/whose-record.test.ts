import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test, vi } from 'vitest';
import { IdempotencyError } from '../../../src/index.ts';
import { pass, useFakeTime } from '../../support/fake-time.ts';
import { LEASE, rejection } from '../../support/fixture.ts';
import type { Fault } from '../../support/test-store.ts';
import { charge, setUp } from '../../support/transactional-store.ts';

useFakeTime();

/** A commit takes effect unconfirmed; the completion that asks whose the record is meets the faults. */
function unconfirmed(...faults: Fault[]) {
  const { store, here } = setUp();
  store.commits.push('works, but its reply is lost');
  // The first is the one that commits.
  store.fail('complete', { when: 'held', until: Promise.resolve() }, ...faults);
  return { store, run: () => here.runInTransaction('k', store.begin, charge) };
}

describe('after a commit that nobody confirmed the store is asked whose the record is', () => {
  test('and asked again when that fails', async () => {
    const gone = { when: 'before', error: new Error('gone') } as const;
    const { run } = unconfirmed(gone, gone);
    const call = run();
    await pass(LEASE / 2);
    expect(await call).toMatchObject({ value: { charge: 1 }, replayed: false });
  });

  test('but not where no repetition helps', async () => {
    const error = new IdempotencyError('IDEM_STORE_CLOSED', 'closed');
    const { run } = unconfirmed({ when: 'before', error });
    const call = rejection(run());
    expect(await Promise.race([call, pass(1)])).toMatchObject({
      ...{ code: 'IDEM_NOT_RECORDED', value: { charge: 1 }, cause: error },
    });
  });

  test('and what is neither yes nor no confirms nothing', async () => {
    const { store, run } = unconfirmed();
    const complete = store.complete.bind(store);
    vi.spyOn(store, 'complete')
      .mockImplementation(async () => JSON.parse('"OK"'))
      .mockImplementationOnce(complete);
    const call = rejection(run());
    await pass(LEASE);
    expect(await call).toMatchObject({ code: 'IDEM_NOT_RECORDED', value: { charge: 1 } });
  });

  test('and once it is known to be ours, that it is completed is published', async () => {
    const events: unknown[] = [];
    const listen = (event: unknown): void => void events.push(event);
    subscribe('idem:completed', listen);
    await unconfirmed().run();
    unsubscribe('idem:completed', listen);
    expect(events).toMatchObject([{ key: 'k', fence: 1, kind: 'value' }]);
  });
});
