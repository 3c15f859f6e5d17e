/** How the messages call the server. */
export const SERVER = 'SQL Server';

/** The names of parameters in T-SQL, as most libraries take them. */
export function atSign(n: number): string {
  return `@${n}`;
}
