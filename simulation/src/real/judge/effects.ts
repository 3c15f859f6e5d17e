import { type Execution, GRACE, type Reading, type Violation, wasRemoved } from './read.ts';

/** Of transactions, one effect in each life of a record, and none without the other. */
export function effectsOnce(reading: Reading): readonly Violation[] {
  return [...unknownEffects(reading), ...doubledEffects(reading), ...missingEffects(reading)];
}

function unknownEffects({ effects, executions, terms }: Reading): readonly Violation[] {
  return effects.flatMap((id) => {
    const execution = executions.get(id);
    if (execution?.how === 'returns' && execution.inTransaction) return [];
    const message = `${id} did not return, and its effect was committed`;
    return [{ rule: 'commits both', key: execution?.key ?? terms.story, message }];
  });
}

function doubledEffects(reading: Reading): readonly Violation[] {
  const { effects, executions, terms } = reading;
  const committed = effects
    .flatMap((id): Execution[] => {
      const execution = executions.get(id);
      return execution === undefined ? [] : [execution];
    })
    .toSorted((a, b) => a.begunAt - b.begunAt);
  return committed.flatMap((later, index) => {
    const earlier = committed
      .slice(0, index)
      .filter(({ key }) => key === later.key)
      .findLast(
        ({ key, endedAt }) =>
          later.begunAt < endedAt + terms.ttl - GRACE &&
          !wasRemoved(reading, key, endedAt, later.begunAt),
      );
    if (earlier === undefined) return [];
    const message = `${later.id} committed a second effect, after ${earlier.id}`;
    return [{ rule: 'commits once', key: later.key, message }];
  });
}

function missingEffects({ calls, effects, executions }: Reading): readonly Violation[] {
  return calls.flatMap(({ call, key, answer }) => {
    if (answer?.kind !== 'value') return [];
    const { by } = answer;
    if (executions.get(by)?.inTransaction !== true || effects.includes(by)) return [];
    const message = `${call} was given the result of ${by}, whose effect was not committed`;
    return [{ rule: 'commits both', key, message }];
  });
}
