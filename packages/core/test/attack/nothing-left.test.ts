import { expect, test, vi } from 'vitest';
import { fixture, rejection } from '../support/fixture.ts';

test('a call whose signal was aborted before leaves no entry behind', async () => {
  const { here } = fixture();
  const added = vi.spyOn(Map.prototype, 'set');
  const removed = vi.spyOn(Map.prototype, 'delete');
  for (let call = 0; call < 20; call++) {
    const signal = AbortSignal.abort('gone');
    expect(await rejection(here.run(`k${call}`, () => 1, { signal }))).toBe('gone');
  }
  const left = added.mock.calls.filter(([key]) => /^k\d+$/.test(String(key))).length;
  const gone = removed.mock.calls.filter(([key]) => /^k\d+$/.test(String(key))).length;
  vi.restoreAllMocks();
  expect(left).toBe(gone);
});
