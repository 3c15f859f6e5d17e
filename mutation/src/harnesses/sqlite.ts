import type { Harness } from '@idem/contract-tests';

/** By its URL, and typed by hand: the example's own types come from packed packages. */
export default async (): Promise<Harness> => {
  const url = new URL('../../../examples/adapter-sqlite/test/harness.ts', import.meta.url).href;
  const module: { readonly default: Harness } = await import(url);
  return module.default;
};
