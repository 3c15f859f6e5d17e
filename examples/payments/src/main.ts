import { parseArgs } from 'node:util';
import { closeLedger } from './ledger.ts';
import { crash } from './scenes/crash.ts';
import { duplicatesSideBySide, keyReused } from './scenes/duplicates.ts';
import { retryAfterTimeout } from './scenes/retry.ts';
import { Stage } from './stage.ts';
import { storeOpener } from './stores.ts';

const { values } = parseArgs({ options: { store: { type: 'string', default: 'memory:' } } });

console.log('A payment service that charges each order once, whatever its clients and servers do.');
await using stage = new Stage(storeOpener(values.store));
const a = await stage.server(30_000);
const b = await stage.server(30_000);
console.log(`Server A: ${a.url}\nServer B: ${b.url}\nStore:    ${withoutPassword(values.store)}`);

await retryAfterTimeout(stage, a, b);
await duplicatesSideBySide(stage, a, b);
await keyReused(stage, a);
await crash(stage, {
  title: '4. A server crashes after it charged the card, before it could say so',
  step: 'after the charge',
  key: 'order-3',
  item: 'a dynamo',
  amount: 3500,
});
await crash(stage, {
  title: '5. A server crashes before it charged the card',
  step: 'before the charge',
  key: 'order-4',
  item: 'a helmet',
  amount: 7900,
});

if (!closeLedger(stage.timeline, stage.bank)) process.exitCode = 1;

function withoutPassword(store: string): string {
  const url = URL.parse(store);
  return url === null ? store : `${url.protocol}${url.host === '' ? '' : `//${url.host}`}`;
}
