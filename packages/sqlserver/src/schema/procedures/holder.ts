import {
  after,
  countFromNow,
  declareNow,
  declareSent,
  explain,
  held,
  leaseFromNow,
} from '../fragments.ts';
import type { Procedure } from './procedure.ts';

// These three judge the lease by a clock that was read before any wait for the row's lock, so a
// holder whose lease ends during that wait may still succeed. Nobody can tell: whoever would see
// the difference needs the same lock, and a claim that got it first has changed the token. (With row
// versioning `inspect` needs none: docs/contract.md says what it may tell meanwhile.) What they begin
// counts from after the wait.

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
  body: ({ quotedTable }) => `${declareNow}
  ${declareSent}
  UPDATE ${quotedTable}
  SET State = 'completed', Value = SUBSTRING(@Value, 1, @ValueBytes), ValueCrc32 = @ValueCrc32, EndsAt = ${after('Ttl')}
  WHERE ${held};
  IF @@ROWCOUNT = 1
  BEGIN
    ${countFromNow(quotedTable, { duration: 'Ttl', as: "State = 'completed' AND TokenHash = @TokenHash" })}
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
  body: ({ quotedTable }) => `${declareNow}
  UPDATE ${quotedTable} SET State = 'vacant', Fingerprint = NULL, EndsAt = @Now
  WHERE ${held};
  IF @@ROWCOUNT = 1
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
  body: ({ quotedTable }) => `${declareNow}
  ${declareSent}
  UPDATE ${quotedTable} SET EndsAt = ${after('Lease')}
  WHERE ${held};
  IF @@ROWCOUNT = 1
  BEGIN
    ${leaseFromNow(quotedTable)}
    SELECT 'done' AS outcome;
    RETURN;
  END;
  ${explain(quotedTable, [], 'not-held')}`,
};
