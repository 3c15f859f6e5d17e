import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { fromRecord } from '../../src/answer/record.ts';
import { recordCodec } from '../../src/answer/record-codec.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

interface Kind {
  readonly records: number;
  /** Of each, which has a header of its own, as a payment has its location. */
  readonly headerBytes: number;
  readonly bodyBytes: number;
  /** Bytes. */
  readonly most: number;
}

function read(index: number, { headerBytes, bodyBytes }: Kind): void {
  const headers = JSON.stringify([['location', `/payments/${index}`.padEnd(headerBytes, 'x')]]);
  const body = JSON.stringify('x'.repeat(bodyBytes));
  const json = Buffer.from(`{"http":1,"status":201,"headers":${headers},"text":${body}}`);
  expect(fromRecord(recordCodec.decode(json, { key: 'k', kind: 'value' })).kind).toBe('answer');
}

const MB = 1_000_000;

test.each<[string, Kind]>([
  ['of a body that came with it', { records: 24, headerBytes: 20, bodyBytes: MB, most: 6 * MB }],
  ['where it is long', { records: 24, headerBytes: MB, bodyBytes: 10, most: 6 * MB }],
  ['beyond a few hundred', { records: 8_000, headerBytes: 900, bodyBytes: 10, most: 4 * MB }],
])('heads that are kept ready keep nothing %s', (_, kind) => {
  read(0, kind);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 1; index <= kind.records; index += 1) read(index, kind);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(kind.most);
});
