/** Set by `replace.ts`, which loads nothing and is preloaded: how much of the mutant this process has loaded. */
const UNREAD: symbol = Symbol.for('idem.mutation.unread');
const USE: symbol = Symbol.for('idem.mutation.use');

let count = 0;

/** Whether there is a mutated file that nothing has asked for: whatever is put to it then proves nothing. */
export function isUnread(): boolean {
  return Reflect.get(globalThis, UNREAD) === true;
}

/**
 * From now on the mutant is the one in that file; answers what makes a module of the mutated package
 * or of the harnesses be loaded anew when it is added to its URL.
 */
export function useMutant(path: string): string {
  const use: unknown = Reflect.get(globalThis, USE);
  if (!(use instanceof Function)) throw new Error('replace.ts was not preloaded.');
  Reflect.apply(use, undefined, [path]);
  count += 1;
  return `?mutant=${count}`;
}
