import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deferred, fixture, rejection, settled } from '../support/fixture.ts';

const reused = { code: 'IDEM_KEY_REUSED', retryable: false };

test('the store gets a hash, never what the request said', async () => {
  const { here, store } = fixture();
  const body = '{"card":"4242 4242 4242 4242"}';
  await here.run('k', () => 1, { fingerprint: body });
  const hash = createHash('sha256').update(body).digest('base64url');
  expect(store.entries.get('k')?.fingerprint).toBe(hash);
});

test('text and its UTF-8 bytes are the same fingerprint, and an empty body is one', async () => {
  const { here } = fixture();
  await here.run('k', () => 1, { fingerprint: 'é' });
  expect((await here.run('k', () => 2, { fingerprint: Buffer.from('é') })).replayed).toBe(true);
  await here.run('empty', () => 1, { fingerprint: '' });
  expect(await rejection(here.run('empty', () => 2, { fingerprint: 'x' }))).toMatchObject(reused);
});

test('a completed key with another fingerprint is refused, and the result stays', async () => {
  const { here } = fixture();
  await here.run('k', () => 'first', { fingerprint: 'a' });
  expect(await rejection(here.run('k', () => 'second', { fingerprint: 'b' }))).toMatchObject(
    reused,
  );
  expect((await here.run('k', () => 'third', { fingerprint: 'a' })).value).toBe('first');
});

test('where one side gave none, there is nothing to compare', async () => {
  const { here } = fixture();
  await here.run('k', () => 'first', { fingerprint: 'a' });
  expect((await here.run('k', () => 'second')).value).toBe('first');
  await here.run('l', () => 'first');
  expect((await here.run('l', () => 'second', { fingerprint: 'b' })).value).toBe('first');
});

describe.each(['in this process', 'in another process'] as const)('in progress %s', (where) => {
  test.each([0, 5_000])('another fingerprint is refused at once, with wait %i', async (wait) => {
    const { here, elsewhere } = fixture();
    const work = deferred<string>();
    const holder = where === 'in this process' ? here : elsewhere;
    const held = holder.run('k', () => work.promise, { fingerprint: 'a' });
    await settled();
    const refused = here.run('k', () => 'second', { fingerprint: 'b', wait });
    expect(await rejection(refused)).toMatchObject(reused);
    work.resolve('done');
    expect((await held).value).toBe('done');
  });

  test('calls that come in the same turn are compared too', async () => {
    const { here, elsewhere } = fixture();
    const holder = where === 'in this process' ? here : elsewhere;
    const held = holder.run('k', () => 'done', { fingerprint: 'a' });
    const refused = here.run('k', () => 'second', { fingerprint: 'b', wait: 5_000 });
    expect(await rejection(refused)).toMatchObject(reused);
    expect((await held).value).toBe('done');
  });
});

test('what is no text and no bytes is refused before anything is sent', async () => {
  const { here, store } = fixture();
  for (const fingerprint of [undefined, 1, {}, null, 'lone \ud800']) {
    // @ts-expect-error: not a fingerprint
    const error = await rejection(here.run('k', () => 1, { fingerprint }));
    expect(error).toMatchObject({ code: 'IDEM_INVALID_FINGERPRINT' });
  }
  expect(store.log).toEqual([]);
});
