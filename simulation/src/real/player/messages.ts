import type { ClientOptions } from '../backend/backend.ts';
import type { Order } from '../plan.ts';

/** What a player is started with, as JSON in `IDEM_REAL_PLAYER`. */
export interface PlayerOptions {
  /** Its name in the history. */
  readonly process: string;
  readonly log: string;
  readonly client: ClientOptions;
  /** The module of a wrong core; ours when there is none. */
  readonly core: string | undefined;
}

export type ToPlayer =
  | { readonly kind: 'call'; readonly order: Order }
  /** Keep the event loop busy for so many milliseconds. */
  | { readonly kind: 'block'; readonly for: number }
  | { readonly kind: 'the next reply is lost' }
  | { readonly kind: 'end' };

export type FromPlayer = { readonly kind: 'ready' } | { readonly kind: 'lose the next reply' };
