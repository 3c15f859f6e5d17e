import { type Edn, readEdn } from './edn.ts';
import type { Event } from './events.ts';
import { NIL, type RegisterOperation } from './register.ts';

/**
 * A history of Knossos: a vector of maps with `:process`, `:type`, `:f` and `:value`. What is `:fail`
 * did not happen, a cas that found another value included; the model has no word for why.
 */
export function readKnossos<Operation>(
  text: string,
  operationOf: (f: string, value: Edn, isOk: boolean) => Operation,
): Event<Operation>[] {
  const history = readEdn(text);
  if (!Array.isArray(history)) throw new SyntaxError('A history is a vector of maps.');
  return history.flatMap((entry: Edn): Event<Operation>[] => {
    if (entry === null || typeof entry !== 'object' || !(':type' in entry)) return [];
    const type = String(entry[':type']).slice(1);
    const process = String(entry[':process']);
    if (process === ':nemesis') return [];
    if (type !== 'invoke' && type !== 'ok' && type !== 'fail' && type !== 'info') return [];
    if (type === 'fail' || type === 'info') return [{ process, type, operation: undefined }];
    const operation = operationOf(String(entry[':f']), entry[':value'] ?? null, type === 'ok');
    return [{ process, type, operation }];
  });
}

/** `nil` is what a read is invoked with; what it saw is known where it is not nil. */
export function registerOperation(f: string, value: Edn, isOk: boolean): RegisterOperation {
  switch (f) {
    case ':read':
      return { kind: 'read', saw: isOk && value !== null ? String(value) : undefined };
    case ':write':
      return { kind: 'write', value: value === null ? NIL : String(value) };
    case ':cas': {
      const [from, to] = Array.isArray(value) ? value : [];
      return { kind: 'cas', from: String(from), to: String(to), wasSet: isOk ? true : undefined };
    }
    default:
      throw new SyntaxError(`A register has no ${f}.`);
  }
}
