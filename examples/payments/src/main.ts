import { parseArgs } from 'node:util';
import { isIdempotencyError } from '@idem/core';
import { closeLedger } from './ledger.ts';
import { playScenes } from './scenes/index.ts';
import { Stage } from './stage.ts';
import { storeOpener } from './stores.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'memory:' },
    // Short, so that the demo is; it must be longer than the store takes to answer.
    lease: { type: 'string', default: '1500' },
  },
});

try {
  await using stage = new Stage(storeOpener(values.store));
  console.log('A payment service that charges each order once, whatever clients and servers do.');
  console.log(`Store:    ${withoutPassword(values.store)}`);
  await playScenes(stage, Number(values.lease));
  if (!closeLedger(stage.timeline, stage.bank)) process.exitCode = 1;
} catch (error) {
  if (!isIdempotencyError(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 2;
}

function withoutPassword(store: string): string {
  const { protocol, host } = URL.parse(store) ?? {};
  if (protocol === undefined) return `${store.split(':')[0]}:`;
  return host === '' ? protocol : `${protocol}//${host}`;
}
