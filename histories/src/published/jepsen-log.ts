import type { Event } from './events.ts';
import type { RegisterOperation } from './register.ts';

const LINE =
  /^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)$/;
const CLIENT = /\sjepsen\.util\s+-\s+\d+\s/;
const PAIR = /^\[(\S+) (\S+)\]$/;

/**
 * A log of Jepsen: `INFO jepsen.util - <process> :<type> :<f> <value>`, tabs between. A failed cas
 * with its values compared and found another value; a `:timed-out` read or write that is `:fail`
 * was answered nothing, and only of a read is it sure that it did nothing.
 */
export function readJepsenLog(text: string): Event<RegisterOperation>[] {
  return text.split('\n').flatMap((line): Event<RegisterOperation>[] => {
    const [, process = '', type, f, value = ''] = LINE.exec(line) ?? [];
    if (type !== 'invoke' && type !== 'ok' && type !== 'fail' && type !== 'info') {
      // Jepsen's own words, and what makes the faults, do nothing to the register.
      if (!CLIENT.test(line)) return [];
      throw new SyntaxError(`This is no line of a register's log: ${line}`);
    }
    if (value === ':timed-out') {
      return [{ process, type: f === 'read' ? 'fail' : 'info', operation: undefined }];
    }
    return [{ process, type, operation: operationOf(type, f, value) }];
  });
}

function operationOf(
  type: Event<unknown>['type'],
  f = '',
  value = '',
): RegisterOperation | undefined {
  switch (f) {
    case 'read':
      return { kind: 'read', saw: type === 'ok' ? value : undefined };
    case 'write':
      return type === 'fail' ? undefined : { kind: 'write', value };
    default: {
      const [, from = '', to = ''] = PAIR.exec(value) ?? [];
      return { kind: 'cas', from, to, wasSet: type === 'invoke' ? undefined : type === 'ok' };
    }
  }
}
