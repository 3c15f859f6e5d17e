import { type Attempt, Child, type Outcome } from './child-process.ts';
import type { Server } from './server.ts';

/** So many mutants, and what their packages left in the memory of a process goes with it. */
const MOST = 50;

/** Puts the contract to one mutant after the other. */
export interface Attempts {
  /** In a process that is kept: to load the contract takes longer than most mutants live. */
  put(what: Attempt): Promise<Outcome>;
  /** In a process that had no mutant before. */
  putFirst(what: Attempt): Promise<Outcome>;
  end(): void;
}

/** @param server where the harness finds its backend; without one it starts its own */
export function attemptsOn(server: Server | undefined): Attempts {
  let child: Child | undefined;
  const end = (): void => {
    child?.end();
    child = undefined;
  };
  const put = async (what: Attempt): Promise<Outcome> => {
    if (child?.isFree !== true || child.count >= MOST) end();
    child ??= await Child.start(server);
    return child.put(what);
  };
  return {
    put,
    putFirst: (what) => {
      end();
      return put(what);
    },
    end,
  };
}

/** Puts the contract to a store in a process of its own, with one file replaced or none. */
export async function attempt(what: Attempt, server?: Server): Promise<Outcome> {
  const attempts = attemptsOn(server);
  try {
    return await attempts.put(what);
  } finally {
    attempts.end();
  }
}
