import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { fromRecord } from '../../src/answer/record.ts';
import { recordCodec } from '../../src/answer/record-codec.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const RECORDS = 24;
const BODY_BYTES = 1_000_000;

/** Each of them has a header of its own, as a payment has its location. */
function readOne(index: number): void {
  const headers = JSON.stringify([['location', `/payments/${index}`]]);
  const body = JSON.stringify('x'.repeat(BODY_BYTES));
  const json = Buffer.from(`{"http":1,"status":201,"headers":${headers},"text":${body}}`);
  expect(fromRecord(recordCodec.decode(json, { key: 'k', kind: 'value' })).kind).toBe('answer');
}

test('a head that is kept ready keeps nothing of the body that it came with', () => {
  readOne(0);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 1; index <= RECORDS; index += 1) readOne(index);
  collect();
  const kept = process.memoryUsage().heapUsed - before;
  expect(kept).toBeLessThan((RECORDS * BODY_BYTES) / 4);
});
