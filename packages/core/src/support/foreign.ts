/** What a promise of another realm, or of another kind, comes to. Rejects for what is no promise at all. */
export function foreign<T>(promise: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then((value) => resolve(value), reject);
  });
}
