import { createHash } from 'node:crypto';

export function digest(what: unknown): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
