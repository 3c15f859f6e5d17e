import { parseArgs } from 'node:util';

export const USAGE = `Usage: demo [--store <url>] [--lease <milliseconds>]

  --store  where keys are remembered: memory: (the default),
           redis://host:6379, postgres://user:password@host:5432/database
           or sqlserver://user:password@host:1433/database
  --lease  how long a crashed server keeps its key, in milliseconds: 1500 by default,
           and longer than the store takes to answer
  --help   this text

It ends with 0 when every key was charged exactly once, with 1 when one was not,
and with 2 when it could not run.`;

export type DemoOptions =
  | { readonly kind: 'play'; readonly store: string; readonly lease: number }
  | { readonly kind: 'help' }
  /** The command line asks for something that there is not. */
  | { readonly kind: 'refused'; readonly why: string };

export function readOptions(args: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        store: { type: 'string', default: 'memory:' },
        // Short, so that the demo is.
        lease: { type: 'string', default: '1500' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    if (!/^[1-9]\d*$/.test(values.lease)) {
      const why = `--lease is ${values.lease}; it must be a whole number of milliseconds.`;
      return { kind: 'refused', why };
    }
    return { kind: 'play', store: values.store, lease: Number(values.lease) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'refused', why: error.message };
  }
}
