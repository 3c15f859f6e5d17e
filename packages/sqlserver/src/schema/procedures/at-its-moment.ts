import { declareNow } from '../fragments.ts';

/**
 * Milliseconds after which a statement counts as one that has waited for the row, and that a lease must
 * still have for the usual way. A write that waits for nobody is done in far less.
 */
const WAITED = 50;

interface Write {
  readonly table: string;
  /** What is set; by `@Now`, which is the moment of the operation. */
  readonly set: string;
  /** Which row, where leases that end before `moment` have ended. */
  where(moment: string): string;
}

/**
 * One row written, if it still is what it must be once nobody else has it locked: `@Written` is 1 then,
 * and `@Now` the moment by which that was judged.
 *
 * SQL Server reads the clock once for a statement, before it waits, and Babelfish ignores hints that lock.
 * So the row is locked by an update that changes nothing, which a transaction keeps, and the clock is
 * read after that.
 *
 * Usually nobody is waited for, and that update can be saved: of a lease that has time left, the write is
 * made at once. If it took more than that time it is rolled back, and made by the clock of after the wait.
 * In a transaction of the user's, of which nothing can be rolled back, the row is always locked first.
 *
 * The transaction of its own is over with the procedure, whatever happens: with XACT_ABORT, which is the
 * caller's again when the procedure returns, an error or a cancel rolls it back.
 */
export function atItsMoment({ table, set, where }: Write): string {
  const write = (moment: string): string => `UPDATE ${table} SET ${set} WHERE ${where(moment)};
    SET @Written = @@ROWCOUNT;`;
  return `${declareNow}
  DECLARE @Written INT = 0, @Own INT = 0, @Ample DATETIME2(7) = DATEADD(MILLISECOND, ${WAITED}, @Now);
  IF @@TRANCOUNT = 0
  BEGIN
    SET @Own = 1;
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    ${write('@Ample')}
    IF @Written = 1 AND SYSUTCDATETIME() > @Ample
    BEGIN
      ROLLBACK TRANSACTION;
      SET @Written = 0;
      BEGIN TRANSACTION;
    END;
  END;
  IF @Written = 0
  BEGIN
    UPDATE ${table} SET Takeover = Takeover WHERE ${where('@Now')};
    SET @Written = @@ROWCOUNT;
    SET @Now = SYSUTCDATETIME();
    IF @Written = 1
    BEGIN
    ${write('@Now')}
    END;
  END;
  IF @Own = 1 COMMIT TRANSACTION;`;
}
