import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { type Arguments, eachOperation } from '../kit/operations.ts';

const how = { needs: ['faults'], exclusive: true } as const;

const BAD: readonly Arguments[] = [
  ...[{ key: '' }, { value: 'text' }, { ttl: 0 }, { lease: 0.5 }, { token: 'short' }],
  ...[{ fingerprint: '' }, { request: null }, { options: 42 }],
];

/** What never reaches the backend needs none: the surest way to see that nothing is sent. */
export const unsentRules: readonly Rule[] = [
  family('arguments').rule(
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

  family('cancellation').rule(
    'aborted-without-a-backend',
    "An operation that was aborted before rejects with the signal's reason while the backend cannot be reached: nothing is sent for it.",
    async (context) => {
      await using client = await faultyClient(context);
      await client.faults.cut();
      const reason = new Error('the caller went away');
      const options = { signal: AbortSignal.abort(reason) };
      for (const [operation, call] of eachOperation(context, { options }, client.store)) {
        const what = `${operation}, aborted before, with no backend`;
        const error = await context.expect.rejected(what, "the signal's reason", call);
        context.expect.same(what, error, reason);
      }
    },
    how,
  ),
];
