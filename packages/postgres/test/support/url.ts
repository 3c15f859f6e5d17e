/** For operations of a test on a busy machine, in milliseconds. */
export const PATIENT = 60_000;

export interface UrlOptions {
  readonly timeout?: number;
  readonly poolSize?: number;
  readonly table?: string;
  /** Of another host and port, such as a proxy's. */
  readonly host?: string;
  readonly port?: number;
}

/** The server's URL with options of the store. */
export function urlWith(server: string, { host, port, ...options }: UrlOptions): string {
  const url = new URL(server);
  if (host !== undefined) url.hostname = host;
  if (port !== undefined) url.port = String(port);
  for (const [name, value] of Object.entries(options)) url.searchParams.set(name, String(value));
  return url.href;
}
