/** A body as a handler without a framework would parse it. */
export function parse(contentType: string | null | undefined, body: Uint8Array): unknown {
  if (body.byteLength === 0) return undefined;
  const text = Buffer.from(body).toString();
  if (contentType?.startsWith('application/json') !== true) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
