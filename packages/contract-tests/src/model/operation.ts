import type { Inspection } from '@idem/core';

/**
 * One of the contract's nine operations, as data. Keys and tokens are short labels (`k1`, `t2`):
 * whoever performs it puts real ones in their place, so that every run is on fresh keys and still
 * reads the same.
 */
export type Operation =
  | { readonly name: 'find' | 'exists' | 'remove' | 'inspect'; readonly key: string }
  | { readonly name: 'store'; readonly key: string; readonly value: string; readonly ttl: number }
  | {
      readonly name: 'claim';
      readonly key: string;
      readonly token: string;
      readonly lease: number;
      readonly fingerprint: string | null;
    }
  | {
      readonly name: 'complete';
      readonly key: string;
      readonly token: string;
      readonly value: string;
      readonly ttl: number;
      /** In a transaction of the application's, where a record that was there before is not its own. */
      readonly inside?: boolean;
    }
  | { readonly name: 'release'; readonly key: string; readonly token: string }
  | {
      readonly name: 'renew';
      readonly key: string;
      readonly token: string;
      readonly lease: number;
    };

/** What an operation answered. Values are text, so that a history can be sent, compared and read. */
export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'value'; readonly value: string | null }
  | { readonly kind: 'acquired'; readonly fence: number; readonly takeover: boolean }
  | {
      readonly kind: 'in-progress';
      readonly fingerprint: string | null;
      readonly leaseRemaining: number;
    }
  | { readonly kind: 'completed'; readonly value: string; readonly fingerprint: string | null }
  | { readonly kind: 'inspected'; readonly inspection: Inspection }
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryable: boolean };
