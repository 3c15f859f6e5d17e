import { ANSWER_MISTAKES } from './answers.ts';
import type { Mistake } from './kit.ts';
import { REQUEST_MISTAKES } from './requests.ts';

/** Each group of cases has at least one that it catches. */
export const MISTAKES: readonly Mistake[] = [...REQUEST_MISTAKES, ...ANSWER_MISTAKES];
