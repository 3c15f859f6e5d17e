/**
 * Milliseconds on a clock that never steps. It is CLOCK_MONOTONIC on Linux and mach_absolute_time
 * on macOS: one clock for all processes of a machine, so stamps of several may be compared.
 */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
