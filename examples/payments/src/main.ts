import { isIdempotencyError } from '@idem/core';
import { closeLedger } from './ledger.ts';
import { readOptions, USAGE } from './options.ts';
import { playScenes } from './scenes/index.ts';
import { Stage } from './stage.ts';
import { storeOpener } from './stores.ts';

const options = readOptions(process.argv.slice(2));
switch (options.kind) {
  case 'help':
    console.log(USAGE);
    break;
  case 'refused':
    console.error(`${options.why}\n\n${USAGE}`);
    process.exitCode = 2;
    break;
  case 'play':
    process.exitCode = await play(options.store, options.lease);
}

async function play(store: string, lease: number): Promise<number> {
  try {
    await using stage = new Stage(storeOpener(store));
    console.log('A payment service that charges each order once, whatever clients and servers do.');
    console.log(`Store:    ${withoutPassword(store)}`);
    await playScenes(stage, lease);
    return closeLedger(stage.timeline, stage.bank) ? 0 : 1;
  } catch (error) {
    if (!isIdempotencyError(error)) throw error;
    console.error(`${error.code}: ${error.message}`);
    return 2;
  }
}

function withoutPassword(store: string): string {
  const { protocol, host } = URL.parse(store) ?? {};
  if (protocol === undefined) return `${store.split(':')[0]}:`;
  return host === '' ? protocol : `${protocol}//${host}`;
}
