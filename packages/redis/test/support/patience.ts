/** Milliseconds; what hangs must fail, and how long the rest takes is the machine's affair. */
export const PATIENT_TIMEOUT = 30_000;
