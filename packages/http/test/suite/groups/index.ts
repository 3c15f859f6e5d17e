import type { Group } from '../cases.ts';
import { execution, handlers, long, problems } from './answers.ts';
import { failures } from './failures.ts';
import { fingerprint } from './fingerprint.ts';
import { headers } from './headers.ts';
import { keyHeader, policy } from './key.ts';
import { clients, progress } from './progress.ts';
import { recording } from './recording.ts';
import { replay } from './replay.ts';
import { scope } from './scope.ts';

/** What every binding does. */
export const GROUPS: readonly Group[] = [
  ...[keyHeader, policy, scope, fingerprint, replay, headers, recording, failures],
  ...[progress, clients, long, handlers, problems, execution],
];
