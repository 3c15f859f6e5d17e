import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/**
 * Preloaded into a process that tries mutants, and into those that it starts: the mutated text is
 * loaded in place of the file's. What is written here must load without anything of the workspace.
 *
 * A process loads the harness and the mutated package anew for each mutant, by a query that goes from
 * who imports to what is imported, and shares the rest: the rules, core and the driver.
 */
const workspace = import.meta.url;
const harnesses = new URL('../harnesses/', import.meta.url).href;
const QUERY = '?mutant=';

let mutant = readMutant(process.env['IDEM_MUTANT'] ?? '');
let count = 0;

registerHooks({
  // The example is no member of the workspace: it finds its packages where this file finds them.
  resolve: (specifier, context, next) => {
    const importer = context.parentURL;
    const ofExample = importer?.includes('/examples/adapter-sqlite/') === true;
    const parentURL = ofExample && specifier.startsWith('@idem/') ? workspace : importer;
    const found = next(specifier, { ...context, parentURL });
    if (importer === undefined || found.url.includes(QUERY)) return found;
    const at = importer.indexOf(QUERY);
    const isAnew =
      at >= 0 && [harnesses, mutant.folder].some((folder) => found.url.startsWith(folder));
    return isAnew ? { ...found, url: `${found.url}${importer.slice(at)}` } : found;
  },
  load: (url, context, next) =>
    url.split(QUERY)[0] === mutant.url
      ? { format: 'module-typescript', source: mutant.source, shortCircuit: true }
      : next(url, context),
});

/** From now on what is imported with the query that this answers is the mutant of that file. */
export function useMutant(path: string): string {
  mutant = readMutant(path);
  process.env['IDEM_MUTANT'] = path;
  count += 1;
  return `${QUERY}${count}`;
}

interface Mutant {
  readonly url: string;
  readonly source: string;
  /** Of the package that it is in. */
  readonly folder: string;
}

function readMutant(path: string): Mutant {
  if (path === '') return { url: '', source: '', folder: harnesses };
  const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof read !== 'object' || read === null) throw new Error(`${path} holds no mutant`);
  const url = String(Reflect.get(read, 'url'));
  const folder = /^.*\/(?:packages|examples)\/[^/]+\//.exec(url)?.[0] ?? harnesses;
  return { url, source: String(Reflect.get(read, 'source')), folder };
}
