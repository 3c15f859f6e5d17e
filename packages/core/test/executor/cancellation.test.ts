import { describe, expect, test, vi } from 'vitest';
import type { RunContext } from '../../src/index.ts';
import { deferred, fixture, rejection, settled } from '../support/fixture.ts';

test('aborted before, nothing is sent and nothing is executed', async () => {
  const { here, store } = fixture();
  const reason = new Error('client gone');
  const executed = vi.fn();
  expect(await rejection(here.run('k', executed, { signal: AbortSignal.abort(reason) }))).toBe(
    reason,
  );
  expect(executed).not.toHaveBeenCalled();
  expect(store.log).toEqual([]);
});

test('a caller that goes away during the execution is rejected at once; it completes and is recorded', async () => {
  const { here } = fixture();
  const caller = new AbortController();
  const work = deferred<string>();
  let context: RunContext | undefined;
  const run = here.run(
    'k',
    (given) => {
      context = given;
      return work.promise;
    },
    { signal: caller.signal },
  );
  await settled();
  const reason = new Error('client gone');
  caller.abort(reason);
  expect(await rejection(run)).toBe(reason);
  expect(context?.signal.aborted).toBe(false);
  work.resolve('done');
  await settled();
  expect(await here.run('k', () => 'again')).toEqual({ value: 'done', replayed: true });
});

test('a caller that goes away while its claim is under way executes nothing and holds nothing', async () => {
  const { here, elsewhere, store } = fixture();
  const reply = deferred();
  store.fail('claim', { when: 'held', until: reply.promise });
  const caller = new AbortController();
  const executed = vi.fn();
  const run = rejection(here.run('k', executed, { signal: caller.signal }));
  caller.abort();
  await run;
  reply.resolve();
  await settled();
  expect(executed).not.toHaveBeenCalled();
  expect((await elsewhere.run('k', () => 'done')).value).toBe('done');
});

test('those who joined the claim of a caller that went away are served all the same', async () => {
  const { here, store } = fixture();
  const reply = deferred();
  store.fail('claim', { when: 'held', until: reply.promise });
  const caller = new AbortController();
  const gone = rejection(here.run('k', () => 'first', { signal: caller.signal }));
  const joined = here.run('k', () => 'second');
  caller.abort();
  await gone;
  reply.resolve();
  expect(await joined).toMatchObject({ value: 'second', replayed: false, takeover: false });
});

describe.each(['in this process', 'in another process'] as const)('waiting %s', (where) => {
  test('an aborted call is rejected with the reason, and the others go on', async () => {
    const { here, elsewhere } = fixture({ wait: 60_000 });
    const work = deferred<string>();
    void (where === 'in this process' ? here : elsewhere).run('k', () => work.promise);
    await settled();
    const caller = new AbortController();
    const gone = rejection(here.run('k', () => 'twice', { signal: caller.signal }));
    const waiting = here.run('k', () => 'twice');
    await settled();
    caller.abort('gone');
    expect(await gone).toBe('gone');
    work.resolve('done');
    expect((await waiting).value).toBe('done');
  });
});

test('a signal that outlives its calls keeps no listener of them', async () => {
  const { here } = fixture();
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  await here.run('k', () => 1, { signal });
  expect(added.mock.calls.length).toBeGreaterThan(0);
  expect(removed.mock.calls.length).toBe(added.mock.calls.length);
});
