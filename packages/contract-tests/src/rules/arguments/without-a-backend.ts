import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { type Arguments, eachOperation } from '../kit/operations.ts';

const { rule } = family('arguments');
const how = { needs: ['faults'], exclusive: true } as const;

const BAD: readonly Arguments[] = [
  ...[{ key: '' }, { value: 'text' }, { ttl: 0 }, { lease: 0.5 }, { token: 'short' }],
  ...[{ fingerprint: '' }, { request: null }, { options: 42 }],
];

/** What is never sent needs no backend: the surest way to see it. */
export const unsentArgumentRules: readonly Rule[] = [
  rule(
    'refused-without-a-backend',
    'A bad argument is refused as such while the backend cannot be reached: nothing is sent for it.',
    async (context) => {
      await using client = await faultyClient(context);
      await client.faults.cut();
      for (const argument of BAD) {
        for (const [operation, call] of eachOperation(context, argument, client.store)) {
          const what = `${operation} with a bad ${Object.keys(argument).join()}, with no backend`;
          const error = await context.expect.rejected(what, 'a refusal', call);
          const code = error instanceof Error && 'code' in error ? String(error.code) : '';
          context.expect.that(what, code.startsWith('IDEM_INVALID_'), 'IDEM_INVALID_…', error);
        }
      }
    },
    how,
  ),
];
