import { type Answers, className } from '../answers.ts';

/** The store of a new adapter: every operation is there, and none is written. */
export function store({ name, driver }: Answers): string {
  const of = driver === undefined ? '' : ` through ${driver}`;
  return `import type { ClaimResult, Inspection, StoreSupport } from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';

/**
 * An idempotency-key store${of}.
 *
 * What is public is \`AbstractStore\`'s: it checks every argument, copies what goes in and honours
 * \`signal\`. The methods here are given what was checked. Each is one atomic step by the backend's
 * clock; see node_modules/@idem/contract-tests/docs/writing-an-adapter.md.
 */
export class ${className(name)} extends AbstractStore {
  /** What the backend cannot promise, say here, with the reason. */
  readonly supports: StoreSupport = {
    durability: { promised: true },
    sharing: { promised: true },
    wakeUp: { promised: false, reason: 'The backend tells nobody of what was written.' },
  };

  /** The value of a record that is completed and has not expired, or null. */
  protected async doFind(key: string): Promise<Uint8Array | null> {
    return notWritten('doFind', key);
  }

  /** True where \`doFind\` would answer a value. */
  protected async doExists(key: string): Promise<boolean> {
    return notWritten('doExists', key);
  }

  /** Completed with this value for \`ttl\` milliseconds, whatever was there; a claim is void. */
  protected async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
    return notWritten('doStore', key, value, ttl);
  }

  /** Vacant, whatever was there, damaged or not; a lapsed claim is vacant already, and stays as it is. */
  protected async doRemove(key: string): Promise<void> {
    return notWritten('doRemove', key);
  }

  /** Acquired where vacant, and again for its own token; else in progress, or completed. */
  protected async doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
  ): Promise<ClaimResult> {
    return notWritten('doClaim', key, token, lease, fingerprint);
  }

  /** Records the result of the token that holds the claim; true again for the token that completed. */
  protected async doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    return notWritten('doComplete', key, token, value, ttl);
  }

  /** Vacant, where this token holds the claim; its fence is remembered. */
  protected async doRelease(key: string, token: string): Promise<boolean> {
    return notWritten('doRelease', key, token);
  }

  /** The lease begins anew, where this token holds the claim. */
  protected async doRenew(key: string, token: string, lease: number): Promise<boolean> {
    return notWritten('doRenew', key, token, lease);
  }

  /** What is at the key, without its value and its token; changes nothing. */
  protected async doInspect(key: string): Promise<Inspection> {
    return notWritten('doInspect', key);
  }

  /** Ends what this store opened, and nothing that it was handed. */
  protected async doClose(): Promise<void> {}
}

function notWritten(operation: string, ..._given: readonly unknown[]): never {
  throw new Error(\`\${operation} is not written yet\`);
}
`;
}
