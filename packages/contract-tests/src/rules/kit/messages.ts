import { bytes } from './material.ts';

const MOST_CAUSES = 10;

/** A value that no error tells, however it is written. */
export const SECRET: Uint8Array = bytes('of one customer alone');

/** Every way in which that may be written. */
export const SECRET_WRITTEN: readonly string[] = (['utf8', 'base64', 'hex'] as const).map((as) =>
  Buffer.from(SECRET).toString(as),
);

/** What an error says, and those that caused it. */
export function messagesOf(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at instanceof Error && messages.length < MOST_CAUSES; at = at.cause) {
    messages.push(at.message);
  }
  return messages.join(' ');
}
