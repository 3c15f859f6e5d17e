/** Thrown for a command line or a harness that cannot be used; the message says what to do. */
export class UsageError extends Error {}
