import type { Group } from '../cases.ts';
import { execution, handlers, long, problems } from './answers.ts';
import { fingerprint, scope } from './isolation.ts';
import { keyHeader, policy } from './key.ts';
import { clients, progress } from './progress.ts';
import { failures, recording } from './recording.ts';
import { headers, replay } from './replay.ts';

/** What every binding does. */
export const GROUPS: readonly Group[] = [
  ...[keyHeader, policy, scope, fingerprint, replay, headers, recording, failures],
  ...[progress, clients, long, handlers, problems, execution],
];
