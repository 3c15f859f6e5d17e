import { LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';
import { declareNow, sound } from '../fragments.ts';
import type { Procedure } from './procedure.ts';

/**
 * How long a vacant or expired row outlives its end, in milliseconds. Its fence must be remembered
 * for longer than any claim can have been under way with a clock that was read before: far longer
 * than any request lasts.
 */
export const VACANT_ROW_MEMORY = 600_000;

/** Until when what has ended is of use. */
export const declarePurgeTimes: string = `DECLARE @VacantSince DATETIME2(7) = DATEADD(MILLISECOND, -${VACANT_ROW_MEMORY}, @Now);
  DECLARE @LapsedSince DATETIME2(7) = DATEADD(MILLISECOND, -${LAPSED_CLAIM_MEMORY}, @Now);`;

/**
 * Steps over rows in use. SQL Server refuses READPAST where READ COMMITTED reads versions
 * (READ_COMMITTED_SNAPSHOT), unless it is told to read with locks (Table Hints, READPAST).
 */
export const SKIP_LOCKED = 'READPAST, READCOMMITTEDLOCK';

/** True for a row that is of no more use. */
export const PURGEABLE = `EndsAt < @VacantSince
    AND (State = 'vacant' OR State = 'completed' OR (State = 'claimed' AND EndsAt < @LapsedSince))`;

/**
 * Deletes one small batch from one part of the purge index, stepping over rows that are in use. The
 * number of rows is also what the procedure returns, for a scheduled job in T-SQL. In a deadlock with
 * a caller it is the victim. A ROWCOUNT of the session would make each batch look like the last one.
 * What is damaged stays, for whoever asks for that key to be told.
 */
export const purge: Procedure = {
  name: 'Purge',
  parameters: ['@Shard INT', '@Batch INT'],
  body: ({ quotedTable }) => `SET DEADLOCK_PRIORITY LOW;
  SET ROWCOUNT 0;
  ${declareNow}
  ${declarePurgeTimes}
  DELETE TOP (@Batch) FROM ${quotedTable} WITH (ROWLOCK, ${SKIP_LOCKED})
  WHERE PurgeShard = @Shard AND ${PURGEABLE} AND ${sound};
  DECLARE @Deleted INT = @@ROWCOUNT;
  SELECT @Deleted AS deleted;
  RETURN @Deleted;`,
};
