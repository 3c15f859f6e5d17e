import { expect, test } from 'vitest';
import { parseHttpDate } from '../../src/client/http-date.ts';
import { idempotentFetch } from '../../src/client/index.ts';
import { hurried, NEVER } from './support/hurried.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0);
const created = { status: 201 };
const order = { method: 'POST', body: '{"amount":1250}' };

/** How long the client pauses after a 503 with these headers, the least that chance gives on top. */
async function pauseAfter(headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  await using server = await ScriptedServer.start({ status: 503, headers }, created);
  const runtime = hurried(0, NOW);
  const send = idempotentFetch({ deadline: NEVER, attemptTimeout: NEVER, minDelay: 2 }, runtime);
  await send(server.url, order);
  expect(runtime.pauses).toHaveLength(1);
  return runtime.pauses[0];
}

// Without a Date of the server's, by the client's own clock.
const own = { date: '' };

for (const [what, headers, pause] of [
  ['nothing', {}, 1],
  ['seconds', { 'retry-after': '7' }, 7001],
  ['no seconds', { 'retry-after': '0' }, 1],
  ['a date', { ...own, 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, 37_001],
  ['an RFC 850 date', { ...own, 'retry-after': 'Sunday, 06-Nov-94 08:49:37 GMT' }, 37_001],
  ['an asctime date', { ...own, 'retry-after': 'Sun Nov  6 08:49:37 1994' }, 37_001],
  ['a date that is over', { ...own, 'retry-after': 'Sun, 06 Nov 1994 08:48:37 GMT' }, 1],
  ['something negative', { 'retry-after': '-7' }, 1],
  ['a fraction', { 'retry-after': '1.5' }, 1],
  ['an exponent', { 'retry-after': '1e3' }, 1],
  ['hexadecimal', { 'retry-after': '0x10' }, 1],
  ['nothing after the name', { 'retry-after': '' }, 1],
  ['words', { 'retry-after': 'soon' }, 1],
  ['two values', { 'retry-after': '7, 8' }, 1],
  ['an ISO date', { 'retry-after': '1994-11-06T08:49:37Z' }, 1],
  ['a date in another zone', { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 CET' }, 1],
  ['a month that is none', { 'retry-after': 'Sun, 06 Now 1994 08:49:37 GMT' }, 1],
  ['an hour that is none', { 'retry-after': 'Sun, 06 Nov 1994 28:49:37 GMT' }, 1],
] as const) {
  test(`Retry-After that says ${what} is a pause of ${pause} ms`, async () => {
    expect(await pauseAfter(headers)).toBe(pause);
  });
}

test("a date is judged by the server's clock, so a client that is years ahead waits no less", async () => {
  const headers = {
    date: 'Tue, 06 Nov 1984 08:49:00 GMT',
    'retry-after': 'Tue, 06 Nov 1984 08:49:37 GMT',
  };
  expect(await pauseAfter(headers)).toBe(37_001);
});

test('a Retry-After longer than the deadline ends the call at once, with that answer', async () => {
  for (const seconds of ['86400', '9'.repeat(400)]) {
    const headers = { 'retry-after': seconds };
    await using server = await ScriptedServer.start({ status: 503, headers, body: 'later' });
    const runtime = hurried();
    const send = idempotentFetch({ deadline: NEVER, attemptTimeout: NEVER }, runtime);
    const { response, attempts } = await send.run(server.url, order);
    expect([response.status, await response.text(), attempts]).toEqual([503, 'later', 1]);
    expect(runtime.pauses).toEqual([]);
  }
});

test('a year of two digits is never more than fifty years ahead', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(parseHttpDate('Sunday, 06-Nov-76 08:49:37 GMT', now)).toBe(
    Date.UTC(2076, 10, 6, 8, 49, 37),
  );
  expect(parseHttpDate('Sunday, 06-Nov-77 08:49:37 GMT', now)).toBe(
    Date.UTC(1977, 10, 6, 8, 49, 37),
  );
});

test('the backoff doubles from minDelay to maxDelay, and chance takes away at most a half', async () => {
  for (const [random, pauses] of [
    [0, [50, 100, 200, 300, 300]],
    [0.999999, [100, 200, 400, 600, 600]],
  ] as const) {
    await using server = await ScriptedServer.start('drop');
    const runtime = hurried(random);
    const limits = { deadline: NEVER, attemptTimeout: NEVER, maxAttempts: 6 };
    const send = idempotentFetch({ ...limits, minDelay: 100, maxDelay: 600 }, runtime);
    await expect(send(server.url, order)).rejects.toMatchObject({ code: 'IDEM_NO_ANSWER' });
    expect(runtime.pauses).toEqual(pauses);
  }
});
