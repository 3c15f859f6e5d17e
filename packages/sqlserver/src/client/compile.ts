import { randomBytes } from 'node:crypto';
import type { CompiledQuery, RawNode } from 'kysely';

const templates = new Map<string, CompiledQuery>();

/**
 * What Kysely's driver runs, as its `CompiledQuery.raw` makes it; without it, since who uses no Kysely
 * has none. The texts are few, so all but the parameters is made once for each.
 */
export function compile(text: string, parameters: readonly unknown[]): CompiledQuery {
  let template = templates.get(text);
  if (template === undefined) {
    const query: RawNode = { kind: 'RawNode', sqlFragments: [text], parameters: [] };
    const queryId = { queryId: randomBytes(4).toString('hex') };
    template = { sql: text, query, queryId, parameters: [] };
    templates.set(text, template);
  }
  return { ...template, parameters };
}
