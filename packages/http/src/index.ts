export type { Answer, AnswerHead, HeaderField } from './answer/answer.ts';
export { idempotencyOf } from './context.ts';
export { type FetchOptions, idempotent, type Responder, responder } from './idempotent.ts';
export type { HeaderChoice, IdempotentOptions, RecordPreset } from './options.ts';
export {
  type Problem,
  type ProblemAnswer,
  type ProblemName,
  problemJson,
} from './problems/problem.ts';
