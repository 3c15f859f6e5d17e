import type { OpenSubscriber } from '@idem/core/adapter';
import type { SqlChannel } from '@idem/core/sql';

/** Where a store sends what belongs to no transaction. */
export interface PoolChannel extends SqlChannel {
  /** Where its library can listen beside it. */
  readonly listen?: OpenSubscriber | undefined;
  /** Ends what it opened itself, and nothing that it was given. */
  close?(): Promise<void>;
}
