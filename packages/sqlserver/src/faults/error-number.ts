/** Where a library keeps the driver's error in its own: mssql, Sequelize, Prisma. */
const WRAPPED = ['originalError', 'original', 'meta', 'driverAdapterError', 'cause'] as const;
const DEEPEST = 4;

/** What Prisma's adapter for SQL Server calls errors whose number it drops (its `mapDriverError`). */
const PRISMA_KINDS: ReadonlyMap<unknown, number> = new Map([
  ['TransactionWriteConflict', 1205],
  ['UniqueConstraintViolation', 2627],
  ['TableDoesNotExist', 208],
  ['ColumnNotFound', 207],
  ['DatabaseDoesNotExist', 4060],
  ['AuthenticationFailed', 18456],
]);

/** The server's number of an error, as the driver has it or a library around it. */
export function numberOf(error: unknown, depth = 0): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('number' in error && typeof error.number === 'number') return error.number;
  // What Prisma's adapter makes of an error that has no name in Prisma.
  if ('kind' in error && error.kind === 'mssql' && 'code' in error) {
    return typeof error.code === 'number' ? error.code : undefined;
  }
  const named = PRISMA_KINDS.get(Reflect.get(error, 'kind'));
  if (named !== undefined) return named;
  if (depth === DEEPEST) return undefined;
  for (const name of WRAPPED) {
    const number = numberOf(Reflect.get(error, name), depth + 1);
    if (number !== undefined) return number;
  }
  return undefined;
}
