/** What there was of everything. */
export interface Counts {
  stories: number;
  runs: number;
  executions: number;
  replays: number;
  takeovers: number;
  losses: number;
  effects: number;
  lostReplies: number;
  lostCommits: number;
  cuts: number;
  heldBack: number;
  kills: number;
  stalls: number;
}

export function noCounts(): Counts {
  return {
    stories: 0,
    runs: 0,
    executions: 0,
    replays: 0,
    takeovers: 0,
    losses: 0,
    effects: 0,
    lostReplies: 0,
    lostCommits: 0,
    cuts: 0,
    heldBack: 0,
    kills: 0,
    stalls: 0,
  };
}

export function inWords(counts: Counts): string {
  const { stories, runs, executions, replays, takeovers, losses, effects } = counts;
  const { lostReplies, lostCommits, cuts, heldBack, kills, stalls } = counts;
  return [
    `${stories} stories, ${runs} runs: ${executions} executions, ${replays} replays, ` +
      `${takeovers} takeovers told, ${losses} leases lost, ${effects} effects committed`,
    `faults: ${lostReplies} replies and ${lostCommits} answers to commits to be lost, ${cuts} times ` +
      `all connections of a host cut, ${heldBack} times all bytes held back, ${kills} kills, ${stalls} stalls`,
  ].join('\n');
}
