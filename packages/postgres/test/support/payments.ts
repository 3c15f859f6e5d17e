/** The table that an application of the tests writes its payments to. */
export function paymentsOf(table: string): string {
  return `${table}_payments`;
}

/** One payment; `?` is the key. */
export function paymentInto(table: string): string {
  return `INSERT INTO ${paymentsOf(table)} (idempotency_key) VALUES (?)`;
}
