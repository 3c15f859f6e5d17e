import type { Group } from '../cases.ts';
import { handlers, long } from './answers.ts';
import { asking } from './asking.ts';
import { failures } from './failures.ts';
import { fingerprint } from './fingerprint.ts';
import { headers } from './headers.ts';
import { keyHeader, policy } from './key.ts';
import { execution, problems } from './problems.ts';
import { clients, progress } from './progress.ts';
import { recording } from './recording.ts';
import { replay } from './replay.ts';
import { scope } from './scope.ts';

/** What every binding does. */
export const GROUPS: readonly Group[] = [
  ...[keyHeader, policy, scope, fingerprint, replay, headers, recording, failures],
  ...[progress, clients, long, handlers, problems, execution, asking],
];
