import type { Binding } from './app.ts';
import type { Stage } from './stage.ts';

/** One thing that every binding does. */
export interface Case {
  readonly name: string;
  /** Where it has no meaning elsewhere. */
  readonly on?: (binding: Binding) => boolean;
  run(stage: Stage): Promise<void>;
}

export interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

export function group(name: string, cases: Readonly<Record<string, Run | [On, Run]>>): Group {
  return {
    name,
    cases: Object.entries(cases).map(([title, given]) =>
      Array.isArray(given)
        ? { name: title, on: given[0], run: given[1] }
        : { name: title, run: given },
    ),
  };
}

type Run = (stage: Stage) => Promise<void>;
type On = (binding: Binding) => boolean;

export const onNode: On = ({ isNode }) => isNode;
