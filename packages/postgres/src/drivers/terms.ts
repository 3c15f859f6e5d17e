/** How the messages call the server. */
export const SERVER = 'PostgreSQL';

/** The names of parameters, as the protocol has them. */
export function dollar(n: number): string {
  return `$${n}`;
}
