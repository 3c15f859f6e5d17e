/** A fault that a busy machine brings about as well: something had a time, and did not end in it. */
const LATE =
  /did not come to an end within|did not answer within|gave no connection|IDEM_STORE_TIMEOUT/;

export function isLate(fault: string): boolean {
  return LATE.test(fault);
}
