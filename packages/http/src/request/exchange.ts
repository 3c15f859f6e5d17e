/** What is known of a request's body. */
export type Body =
  /** The request has none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A parser made this of it. */
  | { readonly kind: 'parsed'; readonly value: unknown }
  | { readonly kind: 'too-large' }
  /** The client left before all of it was there. */
  | { readonly kind: 'gone' }
  /** There is one, and nobody has read it, or kept it. The sentence names what is missing. */
  | { readonly kind: 'not-read'; readonly remedy: string };

/** A request as the guard sees it, in whatever framework. */
export interface Exchange<Req> {
  /** The framework's own, for the application's functions. */
  readonly request: Req;
  readonly method: string;
  /** The path and the query, as they were sent. */
  readonly target: string;
  /** The value of a header; of one that was sent several times, all of them. */
  header(name: string): string | undefined;
  /** How often the header was sent. */
  lines(name: string): number;
  body(maxBytes: number): Body | Promise<Body>;
}

export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

/** The type of a body, in lower case and without parameters. */
export function mediaTypeOf(contentType: string | undefined): string {
  if (contentType === 'application/json') return contentType;
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isJson(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json');
}
