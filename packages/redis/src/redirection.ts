export interface Redirection {
  /** As `host:port`. */
  readonly address: string;
  /** True while the slot is on its way: only this one command may go there. */
  readonly asking: boolean;
}

/** Where a server of a Cluster says that the key is: `MOVED 3999 host:port`, `ASK 3999 host:port`. */
export function redirectionIn(error: unknown): Redirection | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, kind, address] = /^(MOVED|ASK) \d+ (\S+:\d+)/.exec(error.message) ?? [];
  return address === undefined ? undefined : { address, asking: kind === 'ASK' };
}
