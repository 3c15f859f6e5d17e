import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DemoRun, runDemo } from './demo.ts';

/** A backend that the demo can use, or why there is none. */
export type DemoBackend =
  | { readonly url: string; readonly lease: number; readonly close: () => Promise<void> }
  | { readonly absent: string };

/** What the demo shows on every store, alike. */
export function describeDemo(title: string, open: () => Promise<DemoBackend>): void {
  describe(title, () => {
    let demo: DemoRun;
    let missing: string | undefined;
    let close = async (): Promise<void> => {};

    beforeAll(async () => {
      const backend = await open();
      if ('absent' in backend) {
        missing = backend.absent;
        return;
      }
      close = backend.close;
      demo = await runDemo('--store', backend.url, '--lease', String(backend.lease));
    }, 600_000);
    beforeEach(({ skip }) => skip(missing !== undefined, missing));
    afterAll(() => close());

    test('ends well', () => {
      expect(demo).toMatchObject({ code: 0, errors: '' });
    });

    test('the ledger has one charge for each key', () => {
      expect(demo.output).toMatch(/^17 requests, 4 charges, one per key\.$/m);
      const charges = demo.output.match(/^ +order-\d +\d requests, 1 charge: R-\d \$\d+\.\d\d$/gm);
      expect(charges).toHaveLength(4);
    });

    test('a client that timed out is told that its payment is in progress, and then what became of it', () => {
      expect(outcomes(demo, 'order-1')).toEqual([
        'timed out',
        'in progress',
        'replayed',
        'replayed',
      ]);
    });

    test('of duplicates side by side one executes, and another body is refused', () => {
      const replays = Array.from({ length: 5 }, () => 'replayed');
      expect(outcomes(demo, 'order-2')).toEqual(['executed', ...replays, 'refused']);
    });

    test('after a crash the next server finds the charge, or makes it', () => {
      const crash = ['connection lost', 're-executed', 'replayed'];
      expect(outcomes(demo, 'order-3')).toEqual(crash);
      expect(outcomes(demo, 'order-4')).toEqual(crash);
      expect(demo.output).toMatch(/order-3 .* after the crash: found the charge$/m);
      expect(demo.output).toMatch(/order-4 .* after the crash: charged$/m);
    });

    test('every answer to a key names the same receipt', () => {
      for (const key of ['order-1', 'order-2', 'order-3', 'order-4']) {
        const receipts = demo.output.match(new RegExp(`${key} .*R-\\d`, 'g')) ?? [];
        expect(new Set(receipts.map((line) => line.slice(-3))).size).toBe(1);
      }
    });

    test('there is no colour where there is no terminal', () => {
      expect(demo.output).not.toContain('\u001b');
    });
  });
}

/** What the requests with a key got, in order. */
function outcomes({ output }: DemoRun, key: string): string[] {
  const line = new RegExp(`^ +#\\d+ +${key} +\\$[\\d.]+ +server [A-F] +(\\w[\\w -]*?)  `, 'gm');
  return [...output.matchAll(line)].map(([, outcome = '']) => outcome);
}
