/** The business table of the tests: it takes the same payment twice without complaint. */
export function paymentsOf(table: string): string {
  return `dbo.${table}_payments`;
}

/** The statement that pays; `?` is the key. */
export function paymentInto(table: string): string {
  return `INSERT INTO ${paymentsOf(table)} VALUES (?)`;
}
