import type { Support } from '@idem/core';
import type { Runner } from '@idem/core/sql';
import { type Backlog, estimateBacklog } from './backlog.ts';
import { durabilityFrom } from './durability.ts';
import { type Facts, factsSql, readFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { judgeDurability } from './judge-durability.ts';
import { judgeSpace } from './judge-space.ts';

export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly durability: Support;
}

/** @param table quoted, with its schema */
export async function diagnose(runner: Runner, table: string): Promise<Diagnosis> {
  const before = Date.now();
  const facts = await runner.run({
    ...{ text: factsSql(table), parameters: [], signal: undefined },
    read: (rows) => readFacts(rows, before, Date.now()),
  });
  const backlog = await backlogOf(runner, table, facts);
  return {
    findings: [...judgeDurability(facts), ...judgeSpace(facts, backlog)].map((finding) => ({
      ...finding,
      server: facts.server,
    })),
    durability: durabilityFrom(facts),
  };
}

async function backlogOf(
  runner: Runner,
  table: string,
  facts: Facts,
): Promise<Backlog | undefined> {
  if (facts.table === null) return undefined;
  return estimateBacklog(runner, table, facts.table.pages);
}
