/** What is at a key, without its value; times are by the backend's clock. */
export type Inspection =
  | {
      readonly state: 'vacant';
      /** True when the next claim will be told of a takeover: a claim lapsed here, and nobody has displaced it. */
      readonly takeover: boolean;
    }
  | {
      readonly state: 'claimed';
      readonly fence: number;
      readonly takeover: boolean;
      readonly fingerprint: string | null;
      /**
       * Whole milliseconds since the claim was acquired, at least 0; a renewal and a claim repeated
       * by its own token do not start it anew.
       */
      readonly heldFor: number;
      /** Whole milliseconds, at least 1, until the lease ends unless it is renewed. */
      readonly leaseRemaining: number;
    }
  | {
      readonly state: 'completed';
      readonly fingerprint: string | null;
      /** Whole milliseconds, at least 1, until the record expires. */
      readonly ttlRemaining: number;
    };
