import type { History } from '../history.ts';
import { answersAgree } from './answers.ts';
import { settlesInTime } from './bounds.ts';
import { effectsOnce } from './effects.ts';
import { fencesRise, oncePerFence } from './fences.ts';
import { overtakenAreTold } from './overtaken.ts';
import { type Rule, read, type Violation } from './read.ts';
import { nothingIsLost, replaysAreCurrent, unrecordedStaysUnrecorded } from './records.ts';
import { takeoversAreTold } from './takeovers.ts';

const RULES: readonly Rule[] = [
  oncePerFence,
  fencesRise,
  takeoversAreTold,
  overtakenAreTold,
  nothingIsLost,
  replaysAreCurrent,
  unrecordedStaysUnrecorded,
  answersAgree,
  effectsOnce,
  settlesInTime,
];

/** Every rule that a history breaks, by what its clients saw and what was committed. */
export function judge(history: History): readonly Violation[] {
  const reading = read(history);
  return RULES.flatMap((rule) => rule(reading));
}
