import type { Program } from '../linearizability/program.ts';
import type { Recording } from '../linearizability/record.ts';

/** What the suite asks of a worker. */
export type Request =
  | {
      readonly kind: 'run';
      readonly programs: readonly Program[];
      /** What the labels stand for, the same in every worker. */
      readonly keys: ReadonlyMap<string, string>;
      readonly tokens: ReadonlyMap<string, string>;
      /** When to begin, on the clock that all processes of a machine share. */
      readonly begin: number;
    }
  | { readonly kind: 'close' };

export type Reply =
  | { readonly kind: 'opened' }
  | { readonly kind: 'recorded'; readonly recording: Recording }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly reason: string };
