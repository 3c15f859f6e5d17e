import { IdempotencyError } from '@idem/core';
import { missingPackage } from '@idem/core/adapter';

/**
 * What an import of ours gives. Rejects with `IDEM_ADAPTER_MISSING`, and the line that installs it, when
 * a package that it imports is not there.
 */
export async function installed<T>(imported: Promise<T>): Promise<T> {
  try {
    return await imported;
  } catch (cause) {
    const name = missingPackage(cause);
    if (name === undefined) throw cause;
    throw new IdempotencyError(
      'IDEM_ADAPTER_MISSING',
      `The package ${name} is not installed, and SqlServerStore.connect opens its pool with kysely, tarn and tedious. Run: npm install kysely tarn tedious. Or give the store a pool that you have: new SqlServerStore({ pool: mssqlPool(…), transactions }).`,
      { cause },
    );
  }
}
