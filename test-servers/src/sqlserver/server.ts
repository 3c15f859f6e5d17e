/** A TDS server that the tests may use. */
export interface TestServer {
  /** One line for the log: which of the possible servers this is. */
  readonly description: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly encrypt: boolean;
  /** Restarts it, keeping what it stored; or why that is not ours to do. */
  readonly restart: (() => Promise<void>) | { readonly absent: string };
  /** Stops all its processes (SIGSTOP) until what it resolves with is called; where they are ours. */
  readonly pause?: () => Promise<() => void>;
  stop(): Promise<void>;
}

/** How to reach it; what goes to other processes. */
export type Address = Pick<
  TestServer,
  'host' | 'port' | 'user' | 'password' | 'database' | 'encrypt'
>;

export interface UrlOptions {
  readonly timeout?: number;
  readonly poolSize?: number;
}

export function urlOf(address: Address, table: string, options: UrlOptions = {}): string {
  const { host, port, user, password, database, encrypt } = address;
  const url = new URL(`sqlserver://${host}:${port}/${encodeURIComponent(database)}`);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  url.searchParams.set('encrypt', String(encrypt));
  url.searchParams.set('trustServerCertificate', 'true');
  url.searchParams.set('table', table);
  for (const [name, value] of Object.entries(options)) url.searchParams.set(name, String(value));
  return url.href;
}
