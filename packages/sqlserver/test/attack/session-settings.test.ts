import { schemaSql } from '@idem/sqlserver';
import { expect, test } from 'vitest';

// A value that arrives cut looks damaged, and the remedy for a damaged record is to remove it.
test.each(['Find', 'Claim'])(
  '%s answers values whole, whatever TEXTSIZE the session has',
  (name) => {
    const body =
      schemaSql().split(`CREATE PROCEDURE [dbo].[IdempotencyStore_${name}_1]`).at(1) ?? '';
    const size = body.indexOf('SET TEXTSIZE 2147483647;');
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(body.indexOf('SELECT'));
  },
);

// The COMMIT would end the inner of two transactions, and the schema would go with the session.
test('the schema is created in one transaction, with IMPLICIT_TRANSACTIONS on too', () => {
  const text = schemaSql();
  const off = text.indexOf('SET IMPLICIT_TRANSACTIONS OFF;');
  expect(off).toBeGreaterThan(0);
  expect(off).toBeLessThan(text.indexOf('DECLARE @Procedures'));
});
