/**
 * Leaves a call that its test does not wait for. It may outlive the test and lose its lease then, when
 * the clock is no longer the test's; that is no news to anybody.
 */
export function leave(call: Promise<unknown>): void {
  call.catch(() => {});
}
