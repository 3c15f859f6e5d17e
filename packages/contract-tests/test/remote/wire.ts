export type Method =
  | 'find'
  | 'exists'
  | 'store'
  | 'remove'
  | 'claim'
  | 'complete'
  | 'release'
  | 'renew'
  | 'inspect';

export interface Call {
  readonly id: number;
  readonly method: Method;
  readonly parameters: readonly unknown[];
}

/** JSON, with bytes as base64. */
export function encode(message: unknown): string {
  return JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
  );
}

export function decode<T>(line: string): T {
  return JSON.parse(line, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'base64' in value
      ? new Uint8Array(Buffer.from(String(value.base64), 'base64'))
      : value,
  );
}
