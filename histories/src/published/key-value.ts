import type { SequentialModel } from '@idem/contract-tests/linearizability';
import type { Event } from './events.ts';

/** Of one key of a map from text to text. */
export type KeyValueOperation =
  | { readonly kind: 'get'; readonly saw: string | undefined }
  | { readonly kind: 'put' | 'append'; readonly value: string };

export const keyValue: SequentialModel<string, KeyValueOperation> = {
  step: (state, operation) => {
    switch (operation.kind) {
      case 'get':
        return operation.saw === undefined || operation.saw === state ? [state] : [];
      case 'put':
        return [operation.value];
      case 'append':
        return [state + operation.value];
    }
  },
  name: (state) => state,
  bound: () => 0,
  observes: ({ kind }) => kind === 'get',
  effect: (operation) => JSON.stringify(operation),
};

const LINE =
  /^\{:process (\d+), :type :(invoke|ok), :f :(get|put|append), :key "(.*)", :value (?:nil|"(.*)")\}$/;

/** A map from text to text, with `get`, `put` and `append`: the events of each key by itself. */
export function readKeyValueLog(text: string): Map<string, Event<KeyValueOperation>[]> {
  const keys = new Map<string, Event<KeyValueOperation>[]>();
  for (const line of text.split('\n')) {
    const [, process = '', type, kind, key = '', value = ''] = LINE.exec(line) ?? [];
    if (line.trim() === '') continue;
    if (type !== 'invoke' && type !== 'ok') throw new SyntaxError(`This is no event: ${line}`);
    if (kind !== 'get' && kind !== 'put' && kind !== 'append') continue;
    const operation: KeyValueOperation =
      kind === 'get' ? { kind, saw: type === 'ok' ? value : undefined } : { kind, value };
    const known = keys.get(key) ?? [];
    keys.set(key, known);
    known.push({ process, type, operation });
  }
  return keys;
}
