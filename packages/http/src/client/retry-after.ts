import { parseHttpDate } from './http-date.ts';

/**
 * How long the server asks to be left alone, in milliseconds: 0 when it does not say, or nothing that can
 * be understood (RFC 9110, section 10.2.3). A date is judged by the server's own `Date`, where it sent one,
 * so that a client whose clock is wrong waits no longer.
 */
export function retryAfter(headers: Headers, now: number): number {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const until = parseHttpDate(text, now);
  if (until === undefined) return 0;
  const sent = parseHttpDate(headers.get('date')?.trim() ?? '', now) ?? now;
  return Math.max(0, until - sent);
}
