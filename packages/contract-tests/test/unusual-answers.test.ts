import { rules, runRules } from '@idem/contract-tests';
import type { ClaimResult, Inspection } from '@idem/core';
import { expect, test } from 'vitest';
import { memoryHarness } from './broken/kit/broken-store.ts';
import type { Claim, Inspect } from './broken/kit/parts.ts';
import { ReferenceStore } from './broken/kit/reference-store.ts';

/** A row as some drivers give it. */
class Row {
  constructor(fields: object) {
    Object.assign(this, fields);
  }
}

test.each([
  ['without a prototype', (answer: object): unknown => Object.assign(Object.create(null), answer)],
  ['of a class', (answer: object): unknown => new Row(answer)],
])('answers %s raise no alarm', async (_what, made) => {
  class Answering extends ReferenceStore {
    protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
      return made(await super.doClaim(...parts)) as ClaimResult;
    }
    protected override async doInspect(...parts: Parameters<Inspect>): Promise<Inspection> {
      return made(await super.doInspect(...parts)) as Inspection;
    }
  }
  const asked = rules.filter(({ family }) => ['claim', 'inspect', 'find-store'].includes(family));
  const alarms: string[] = [];
  for await (const verdict of runRules(memoryHarness('rows', Answering), { rules: asked })) {
    if (verdict.outcome === 'failed') alarms.push(verdict.error.message);
  }
  expect(alarms).toEqual([]);
});
