import type { Absent, Harness } from '@idem/contract-tests';
import type { GivenServer } from '../child/given-server.ts';
import open from './postgres.ts';
import { purging } from './purging.ts';

/** Beside a purge, as an application has it. */
export default async (given?: GivenServer): Promise<Harness | Absent> => purging(await open(given));
