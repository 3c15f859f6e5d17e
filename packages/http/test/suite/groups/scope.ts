import { expect } from 'vitest';
import { group } from '../cases.ts';
import { expectProblem, expectReplay, isReplay, type Options, type Stage } from '../stage.ts';

const byUser: Options = { principal: (request) => request.header('x-user') ?? 'nobody' };

async function payAs(stage: Stage, user: string, path = '/payments') {
  return stage.pay({ path, headers: { 'x-user': user } });
}

async function expectApart(
  stage: Stage,
  one: () => Promise<{ status: number }>,
  other: () => Promise<Parameters<typeof isReplay>[0]>,
) {
  expect((await one()).status).toBe(201);
  const second = await other();
  expect([second.status, isReplay(second), stage.executions]).toEqual([201, false, 2]);
}

export const scope = group('whose record it is', {
  'one principal is never answered with the record of another': async (stage) => {
    stage.use(byUser);
    await expectApart(
      stage,
      () => payAs(stage, 'a'),
      () => payAs(stage, 'b'),
    );
  },
  'one principal is answered with its own record': async (stage) => {
    stage.use(byUser);
    expectReplay(stage, await payAs(stage, 'a'), await payAs(stage, 'a'));
  },
  'principals that differ in what the scope is written with stay apart': async (stage) => {
    stage.use({ principal: (request) => decodeURIComponent(request.header('x-user') ?? '') });
    await expectApart(
      stage,
      () => payAs(stage, encodeURIComponent('a:b/c')),
      () => payAs(stage, encodeURIComponent('a%3Ab/c')),
    );
  },
  'the principal of all is nobody called anonymous, nor *': async (stage) => {
    stage.use({ principal: 'anonymous' });
    await stage.pay();
    for (const user of ['anonymous', '*', '=*']) {
      stage.use({ principal: () => user });
      expect(isReplay(await stage.pay())).toBe(false);
    }
  },
  'a principal of any length and any characters is one': async (stage) => {
    const user = `${'ü'.repeat(500)}%:/`;
    stage.use({ principal: async () => user });
    expectReplay(stage, ...(await stage.payTwice()));
  },
  'two long principals that differ at the end stay apart': async (stage) => {
    stage.use({ principal: (request) => `${'u'.repeat(500)}${request.header('x-user')}` });
    await expectApart(
      stage,
      () => payAs(stage, 'a'),
      () => payAs(stage, 'b'),
    );
  },
  'a principal that is none executes nothing, and is the affair of error handling': async (
    stage,
  ) => {
    for (const none of ['', undefined]) {
      stage.use({ principal: () => none as string });
      expect((await stage.pay()).status).toBe(500);
    }
    expect(stage.executions).toBe(0);
  },
  'a principal that throws executes nothing': async (stage) => {
    stage.use({
      principal: () => {
        throw new Error('not signed in');
      },
    });
    expect((await stage.pay()).status).toBe(500);
    expect(stage.executions).toBe(0);
  },
  'one route is never answered with the record of another': async (stage) => {
    stage.use({});
    await expectApart(
      stage,
      () => stage.pay({ path: '/payments' }),
      () => stage.pay({ path: '/refunds' }),
    );
  },
  'one method is never answered with the record of another': async (stage) => {
    stage.use({});
    await expectApart(
      stage,
      () => stage.pay({ method: 'POST' }),
      () => stage.pay({ method: 'PATCH' }),
    );
  },
  'a long path is hashed, not refused': async (stage) => {
    stage.use({});
    expectReplay(stage, ...(await stage.payTwice({ path: `/${'p'.repeat(4_000)}` })));
  },
  'two long paths that differ at the end stay apart': async (stage) => {
    stage.use({});
    const path = `/${'p'.repeat(4_000)}`;
    await expectApart(
      stage,
      () => stage.pay({ path: `${path}1` }),
      () => stage.pay({ path: `${path}2` }),
    );
  },
  'the longest key, principal and path fit together': async (stage) => {
    stage.use({ principal: () => '%'.repeat(5_000) });
    const headers = { 'idempotency-key': `"${'%'.repeat(255)}"` };
    expectReplay(stage, ...(await stage.payTwice({ path: `/${'%25'.repeat(999)}`, headers })));
  },
  'the route can be said: two targets of one route are one record, and another request': async (
    stage,
  ) => {
    stage.use({ route: () => '/orders/:id/pay' });
    await stage.pay({ path: '/orders/1/pay' });
    expectProblem(await stage.pay({ path: '/orders/2/pay' }), 422, 'key-reused');
  },
});
