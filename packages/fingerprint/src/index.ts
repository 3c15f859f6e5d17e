export { fingerprintOf } from './fingerprint-of.ts';
export type { FingerprintOptions } from './options.ts';
export type { JsonPointer } from './pointer.ts';
