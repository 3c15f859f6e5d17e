/** Set by `replace.ts`, which loads nothing: how much of the mutant this process has loaded. */
const STATE: symbol = Symbol.for('idem.mutation.unread');

/** Whether there is a mutated file that nothing has asked for: whatever is put to it then proves nothing. */
export function isUnread(): boolean {
  return Reflect.get(globalThis, STATE) === true;
}
