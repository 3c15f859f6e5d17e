import { expect, test } from 'vitest';
import { rejection, settled } from '../support/fixture.ts';
import { charge, setUp, type Tx } from '../support/transactional-store.ts';

test('a begin that forgets its work is told so, and leaves no rejection unhandled', async () => {
  const { here } = setUp();
  const unhandled: unknown[] = [];
  const listen = (error: unknown): void => void unhandled.push(error);
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', listen);
  const begin = async <R>(work: (tx: Tx) => Promise<R>): Promise<R> => {
    work({ writes: [], completion: undefined });
    return JSON.parse('null');
  };
  const fn = async (context: { tx: Tx }) => {
    await settled();
    return charge(context);
  };
  const error = await rejection(here.runInTransaction('k', begin, fn));
  await settled();
  await settled();
  process.removeListener('unhandledRejection', listen);
  for (const other of others) process.on('unhandledRejection', other);
  expect(error).toMatchObject({ code: 'IDEM_INVALID_OPTIONS', key: 'k' });
  expect(unhandled).toEqual([]);
});
