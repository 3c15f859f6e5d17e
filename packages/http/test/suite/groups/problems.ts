import { expect } from 'vitest';
import { Gate, until } from '../../support/gate.ts';
import { group } from '../cases.ts';
import { expectProblem, KEY } from '../stage.ts';

export const problems = group('problems', {
  'they say what, why, where to read, and whether to try again': async (stage) => {
    stage.use({ required: true });
    const { headers, ...received } = await stage.client.send({ path: '/payments?card=4242' });
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['content-language']).toBe('en');
    expect(headers['link']).toMatch(
      /^<https:\/\/.+#key-missing>; rel="describedby"; type="text\/html"$/,
    );
    expect(JSON.parse(received.body.toString())).toEqual({
      type: expect.stringMatching(/^https:\/\/.+#key-missing$/),
      title: 'Idempotency-Key is missing',
      status: 400,
      detail: expect.stringContaining('idempotency-key'),
      instance: '/payments',
      retryable: false,
    });
  },
  'each links to the page that explains it': async (stage) => {
    const reached = new Gate();
    const gate = new Gate();
    stage.use({ required: true }, async (call) => {
      reached.open();
      await gate.opened;
      return call.json(201, {});
    });
    const first = stage.pay();
    await reached.opened;
    const answers = {
      'key-missing': await stage.client.send({}),
      'key-invalid': await stage.pay({ headers: { 'idempotency-key': 'a b' } }),
      'in-progress': await stage.pay(),
      'key-reused': await stage.pay({ body: '{"amount":1}' }),
    };
    gate.open();
    await first;
    for (const [name, { status, headers, json }] of Object.entries(answers)) {
      const { type, title, retryable } = Object(json());
      expect(retryable, name).toBe(name === 'in-progress');
      expect(headers['link']).toBe(`<${type}>; rel="describedby"; type="text/html"`);
      expect([type.endsWith(`#${name}`), typeof title, status >= 400]).toEqual([
        true,
        'string',
        true,
      ]);
    }
  },
  'the application can answer in its own way': async (stage) => {
    stage.use({
      required: true,
      problem: ({ name, status, retryable }, request) => ({
        status: status + 20,
        headers: { 'content-type': 'text/plain', 'x-for': request.method },
        body: `${name} ${retryable}`,
      }),
    });
    const received = await stage.client.send({});
    expect([received.status, received.headers['x-for'], received.body.toString()]).toEqual([
      420,
      'POST',
      'key-missing false',
    ]);
  },
  'only what cures itself is retryable': async (stage) => {
    stage.use({});
    stage.faults.break('claim', 'unavailable');
    expect((await stage.pay()).json()).toMatchObject({ retryable: true });
    stage.faults.mend();
    await stage.pay();
    expect((await stage.pay({ body: '{}' })).json()).toMatchObject({
      status: 422,
      retryable: false,
    });
    expect((await stage.pay({ headers: { 'idempotency-key': '' } })).json()).toMatchObject({
      status: 400,
      retryable: false,
    });
  },
});

export const execution = group('what a handler is told', {
  'its key, its fence, and that nobody was before it': async (stage) => {
    stage.use({});
    await stage.pay();
    const context = stage.calls[0]?.context;
    expect(context).toMatchObject({ key: KEY.replaceAll('"', ''), takeover: false });
    expect(context?.fence).toBeGreaterThan(0);
    expect(context?.signal.aborted).toBe(false);
  },
  'that its claim was lost': async (stage) => {
    const aborted = new Gate();
    stage.use(
      {},
      async (call) => {
        const { signal } = call.context ?? {};
        if (signal?.aborted === true) aborted.open();
        signal?.addEventListener('abort', () => aborted.open());
        await aborted.opened;
        return call.json(201, {});
      },
      { lease: 30, maxHold: 30 },
    );
    let received = await stage.pay();
    await until(async () => {
      // On a machine that stood still the claim itself came too late, and nothing was executed.
      if (stage.executions === 0) received = await stage.pay();
      return stage.executions > 0;
    });
    expectProblem(received, 503, 'execution-lost');
    await aborted.opened;
  },
});
