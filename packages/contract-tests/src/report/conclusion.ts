import type { ConformanceReport } from './conformance-report.ts';

/** What a run comes to, to follow the store's name: never more than was asked and could be judged. */
export function conclusionOf(report: ConformanceReport): string {
  const { contract, conforms, notAsked, lacking, rules, uncaught } = report;
  const nothing = uncaught.length === 0 && rules.every(({ verdict }) => verdict === 'skipped');
  if (nothing) return `is not shown to conform to contract ${contract}: no rule was tried`;
  if (!conforms) return `does not conform to contract ${contract}`;
  if (notAsked > 0)
    return `keeps what was asked for; ${notAsked} rules of contract ${contract} were not`;
  if (lacking.includes('clock'))
    return `conforms to contract ${contract} as far as that shows without a clock: no lease and no ttl was judged`;
  return `conforms to contract ${contract}`;
}

/** False where a run shows less than the contract, though nothing was broken. */
export function isWhole({ notAsked, lacking }: ConformanceReport): boolean {
  return notAsked === 0 && !lacking.includes('clock');
}
