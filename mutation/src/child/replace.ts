import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/**
 * Preloaded into a process that tries a mutant, and into those that it starts: the mutated text is
 * loaded in place of the file's. What is written here must load without anything of the workspace.
 */
const { url: mutatedUrl, source } = readMutant();
const contract = new URL('../../../packages/contract-tests/package.json', import.meta.url).href;

/** Asked for by `replaced.ts`. */
const UNREAD = Symbol.for('idem.mutation.unread');
Reflect.set(globalThis, UNREAD, mutatedUrl !== '');

registerHooks({
  // The example is no member of the workspace: it finds packages where the contract does, and that by its own name.
  resolve: (specifier, context, next) => {
    const ofExample = context.parentURL?.includes('/examples/adapter-sqlite/') === true;
    const parentURL = ofExample && specifier.startsWith('@idem/') ? contract : context.parentURL;
    return next(specifier, { ...context, parentURL });
  },
  load: (url, context, next) => {
    if (url !== mutatedUrl) return next(url, context);
    Reflect.set(globalThis, UNREAD, false);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

function readMutant(): { readonly url: string; readonly source: string } {
  const path = process.env['IDEM_MUTANT'];
  if (path === undefined || path === '') return { url: '', source: '' };
  const mutant: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof mutant !== 'object' || mutant === null) throw new Error(`${path} holds no mutant`);
  return { url: String(Reflect.get(mutant, 'url')), source: String(Reflect.get(mutant, 'source')) };
}
