import type { Support } from '@idem/core';
import { checkOptionNames, refuse } from '@idem/core/adapter';
import type { Driver } from '../driver/driver.ts';
import type { ReplicaOptions } from '../options.ts';
import { durabilityFrom, factsOf } from './durability.ts';
import { readFacts } from './facts.ts';
import type { DiagnoseOptions, Finding } from './finding.ts';
import { judge, judgeReplica } from './judge.ts';

export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly durability: Support;
}

export async function diagnose(
  driver: Driver,
  replicas: ReplicaOptions | undefined,
  options: DiagnoseOptions,
): Promise<Diagnosis> {
  checkOptionNames(options, new Set(['fsync']), 'options of diagnose');
  const { fsync = 'always' } = options;
  if (fsync !== 'always' && fsync !== 'everysec') {
    refuse('IDEM_INVALID_OPTIONS', fsync, "'always' or 'everysec'", 'option fsync');
  }
  const servers = await factsOf(driver);
  const others = await Promise.allSettled((await driver.replicas()).map(readFacts));
  // One that does not answer does not follow either, which its master says.
  const reached = others.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return {
    findings: [
      ...servers.flatMap((facts) => judge(facts, replicas, fsync)),
      ...reached.flatMap((facts) => judgeReplica(facts, fsync)),
    ],
    durability: durabilityFrom(servers),
  };
}
