import { after, explain, heldUntil } from '../fragments.ts';
import { atItsMoment } from './at-its-moment.ts';
import type { Procedure } from './procedure.ts';

// These three judge the lease by the clock of after any wait for the row's lock: a holder whose lease
// ends during that wait does not hold it, and the takeover stays owed to whoever claims next.

/**
 * `complete`: only the token that holds the claim. The token that completed it before is told so,
 * because in a transaction that is a different answer: the record is not of that transaction.
 */
export const complete: Procedure = {
  name: 'Complete',
  parameters: [
    '@KeyHash BINARY(32)',
    '@TokenHash BINARY(32)',
    '@Value VARBINARY(MAX)',
    '@ValueBytes INT',
    '@ValueCrc32 INT',
    '@TtlDays INT',
    '@TtlMilliseconds INT',
  ],
  body: ({ quotedTable }) => `${atItsMoment({
    table: quotedTable,
    set: `State = 'completed', Value = SUBSTRING(@Value, 1, @ValueBytes), ValueCrc32 = @ValueCrc32, EndsAt = ${after('Ttl')}`,
    where: heldUntil,
  })}
  IF @Written = 1
  BEGIN
    SELECT 'done' AS outcome;
    RETURN;
  END;
  ${explain(quotedTable, ["WHEN State = 'completed' AND TokenHash = @TokenHash AND EndsAt >= @Now THEN 'done-before'"], 'not-held')}`,
};

/**
 * `release`: the row stays and remembers its fence and the token, by which a release that is
 * repeated after a lost reply knows itself.
 */
export const release: Procedure = {
  name: 'Release',
  parameters: ['@KeyHash BINARY(32)', '@TokenHash BINARY(32)'],
  body: ({ quotedTable }) => `${atItsMoment({
    table: quotedTable,
    set: "State = 'vacant', Fingerprint = NULL, EndsAt = @Now",
    where: heldUntil,
  })}
  IF @Written = 1
  BEGIN
    SELECT 'done' AS outcome;
    RETURN;
  END;
  ${explain(quotedTable, ["WHEN State = 'vacant' AND TokenHash = @TokenHash THEN 'released-before'"], 'not-held')}`,
};

/** `renew`: the lease starts anew from now. */
export const renew: Procedure = {
  name: 'Renew',
  parameters: [
    '@KeyHash BINARY(32)',
    '@TokenHash BINARY(32)',
    '@LeaseDays INT',
    '@LeaseMilliseconds INT',
  ],
  body: ({ quotedTable }) => `${atItsMoment({
    table: quotedTable,
    set: `EndsAt = ${after('Lease')}`,
    where: heldUntil,
  })}
  IF @Written = 1
  BEGIN
    SELECT 'done' AS outcome;
    RETURN;
  END;
  ${explain(quotedTable, [], 'not-held')}`,
};
