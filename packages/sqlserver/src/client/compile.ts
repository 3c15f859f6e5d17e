import { CompiledQuery } from 'kysely';

const templates = new Map<string, CompiledQuery>();

/** What Kysely's driver runs. The texts are few, so all but the parameters is made once for each. */
export function compile(text: string, parameters: readonly unknown[]): CompiledQuery {
  let template = templates.get(text);
  if (template === undefined) {
    template = CompiledQuery.raw(text);
    templates.set(text, template);
  }
  return { ...template, parameters };
}
