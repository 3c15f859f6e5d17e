const SELECT = 'SELECT ';

/**
 * The statement, ended by the server itself when it has waited for a lock for so long.
 *
 * For connections that somebody else uses too: what was given up there is not cancelled. A request to
 * cancel names the connection, not the statement, and may arrive when that is over and the next one
 * runs, which is not ours.
 *
 * The text is the same for deadlines of the same second, so that it can be prepared.
 *
 * @param deadline in milliseconds
 */
export function endingBy(text: string, deadline: number): string {
  if (!text.startsWith(SELECT)) return text;
  const limit = `set_config('lock_timeout', '${Math.max(1, Math.ceil(deadline / 1_000))}s', true)`;
  return `${SELECT}${limit} AS lock_timeout, ${text.slice(SELECT.length)}`;
}
