export { MemoryStore, type MemoryUsage } from './memory-store.ts';
export type { MemoryBounds, MemoryShare, MemoryStoreOptions } from './options.ts';
