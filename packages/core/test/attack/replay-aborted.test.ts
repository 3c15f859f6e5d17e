import { expect, test } from 'vitest';
import { type Codec, jsonCodec } from '../../src/index.ts';
import { fixture, rejection, settled } from '../support/fixture.ts';

test("the caller's signal ends a replay whose decoding hangs", async () => {
  let hangs = false;
  const codec: Codec = {
    encode: jsonCodec.encode,
    decode: (...given) => (hangs ? new Promise(() => {}) : jsonCodec.decode(...given)),
  };
  const { here } = fixture({ codec });
  await here.run('k', () => 1);
  hangs = true;
  const caller = new AbortController();
  const replay = rejection(here.run('k', () => 1, { signal: caller.signal }));
  await settled();
  caller.abort('gone');
  expect(await replay).toBe('gone');
});
