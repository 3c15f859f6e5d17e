import type { Call, SequentialModel } from '@idem/contract-tests/linearizability';

/**
 * Whether some order explains the calls, by trying every order there is: nothing is remembered,
 * nothing left out. For a handful of calls.
 */
export function someOrderExplains<State, Operation>(
  model: SequentialModel<State, Operation>,
  state: State,
  left: readonly Call<Operation>[],
): boolean {
  if (left.every(({ required }) => !required)) return true;
  return left.some((call) => {
    const others = left.filter((other) => other !== call);
    // What had to have happened before this one began has not happened yet.
    if (others.some(({ required, returned }) => required && returned < call.invoked)) return false;
    // What can only have happened before this one began has not happened: it never will.
    const possible = others.filter(({ returned }) => returned >= call.invoked);
    // Each of those that must still come ends no earlier than this one has taken effect.
    const first = [call, ...others.filter(({ required }) => required)].reduce((one, other) =>
      other.returned < one.returned ? other : one,
    );
    return model
      .step(state, call.operation, first.operation)
      .some((next) => someOrderExplains(model, next, possible));
  });
}
