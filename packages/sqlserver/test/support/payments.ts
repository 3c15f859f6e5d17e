import { CompiledQuery, type Kysely } from 'kysely';

/** The business table of the tests: it takes the same payment twice without complaint. */
export function paymentsOf(table: string): string {
  return `dbo.${table}_payments`;
}

export async function payIn(db: Kysely<unknown>, table: string, key: string): Promise<void> {
  await db.executeQuery(CompiledQuery.raw(`INSERT INTO ${paymentsOf(table)} VALUES (@1)`, [key]));
}
