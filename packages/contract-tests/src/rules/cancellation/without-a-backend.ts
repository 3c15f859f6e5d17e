import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { eachOperation } from '../kit/operations.ts';

const { rule } = family('cancellation');
const how = { needs: ['faults'], exclusive: true } as const;

/** What is never sent needs no backend: the surest way to see it. */
export const unsentOperationRules: readonly Rule[] = [
  rule(
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
