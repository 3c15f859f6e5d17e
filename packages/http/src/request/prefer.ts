/** How long the client wants to wait, in milliseconds: `Prefer: wait=10` (RFC 7240, section 4.3). The first one counts. */
export function preferredWait(prefer: string | undefined): number | undefined {
  if (prefer === undefined) return undefined;
  const found = /(?:^|[,;])[ \t]*wait[ \t]*=[ \t]*"?(\d{1,9})"?[ \t]*(?=[,;]|$)/i.exec(prefer);
  return found?.[1] === undefined ? undefined : Number(found[1]) * 1_000;
}
