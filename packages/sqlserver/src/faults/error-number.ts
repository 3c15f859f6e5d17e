/** Where a library keeps the driver's error in its own: mssql, Sequelize, Prisma. */
const WRAPPED = ['originalError', 'original', 'meta', 'driverAdapterError', 'cause'] as const;
const DEEPEST = 4;

/** The server's number of an error, as the driver has it or a library around it. */
export function numberOf(error: unknown, depth = 0): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('number' in error && typeof error.number === 'number') return error.number;
  // What Prisma's adapter makes of an error that has no name in Prisma.
  if ('kind' in error && error.kind === 'mssql' && 'code' in error) {
    return typeof error.code === 'number' ? error.code : undefined;
  }
  if (depth === DEEPEST) return undefined;
  for (const name of WRAPPED) {
    const number = numberOf(Reflect.get(error, name), depth + 1);
    if (number !== undefined) return number;
  }
  return undefined;
}
