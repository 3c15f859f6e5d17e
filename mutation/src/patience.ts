import type { Sound } from './covering/kept.ts';

/** Milliseconds after which something hangs. */
export interface Patience {
  /** That a process gives no sign of life. */
  readonly silence: number;
  /** That a rule takes. */
  readonly deadline: number;
}

/** For the store as it is: tens of processes may share the processors. */
export const PATIENT: Patience = { silence: 300_000, deadline: 180_000 };

/** Of what the store needs without a mistake, on this machine as it is now. */
const TIMES_AS_MUCH = 8;

/** What a busy moment may take. */
const LEAST: Patience = { silence: 60_000, deadline: 30_000 };

/** How long to wait for a mutant, by what the store took without a mistake. */
export function patienceAfter(sound: Sound | undefined): Patience {
  if (sound === undefined) return PATIENT;
  const { silence } = sound;
  const times = Object.values(sound.times);
  return {
    silence: between(LEAST.silence, TIMES_AS_MUCH * silence, PATIENT.silence),
    deadline: between(LEAST.deadline, TIMES_AS_MUCH * Math.max(0, ...times), PATIENT.deadline),
  };
}

function between(least: number, wanted: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, wanted)));
}
