import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';

/**
 * Preloaded into a process that tries mutants, and into those that it starts: the mutated text is
 * loaded in place of the file's. What is written here must load without anything of the workspace.
 *
 * A process loads the harness and the mutated package anew for each mutant, by a query that goes from
 * who imports to what is imported, and shares the rest: the rules, core and the driver.
 */
const QUERY = '?mutant=';
const contract = new URL('../../../packages/contract-tests/package.json', import.meta.url).href;
const harnesses = new URL('../harnesses/', import.meta.url).href;

/** What is loaded instead of files of the sources. */
interface Replaced {
  /** By their URLs. */
  readonly texts: ReadonlyMap<string, string>;
  /** Of the packages that they are in. */
  readonly folders: readonly string[];
}

/** Both are asked for by `replaced.ts`. */
const UNREAD = Symbol.for('idem.mutation.unread');
const USE = Symbol.for('idem.mutation.use');

let replaced: Replaced = use(process.env['IDEM_MUTANT'] ?? '');
Reflect.set(globalThis, USE, (path: string): void => {
  // For the processes that the harness starts.
  process.env['IDEM_MUTANT'] = path;
  replaced = use(path);
});

/** Where processes of a rule say what of the instrumented sources they have run, before they close. */
const reports = process.env['IDEM_COVERED'];
if (reports !== undefined) {
  process.on('message', (message) => {
    if (typeof message !== 'object' || message === null || !('kind' in message)) return;
    if (message.kind !== 'close') return;
    const coverage: unknown = Reflect.get(globalThis, '__stryker__')?.mutantCoverage ?? {};
    writeFileSync(join(reports, `covered-${process.pid}.json`), JSON.stringify(coverage));
  });
}

registerHooks({
  // The example is no member of the workspace: it finds packages where the contract does, and that by its own name.
  resolve: (specifier, context, next) => {
    const importer = context.parentURL;
    const ofExample = importer?.includes('/examples/adapter-sqlite/') === true;
    const parentURL = ofExample && specifier.startsWith('@idem/') ? contract : importer;
    const found = next(specifier, { ...context, parentURL });
    const at = importer?.indexOf(QUERY) ?? -1;
    if (importer === undefined || at < 0 || found.url.includes(QUERY)) return found;
    const isAnew = [harnesses, ...replaced.folders].some((folder) => found.url.startsWith(folder));
    return isAnew ? { ...found, url: `${found.url}${importer.slice(at)}` } : found;
  },
  load: (url, context, next) => {
    const source = replaced.texts.get(url.split(QUERY)[0] ?? url);
    if (source === undefined) return next(url, context);
    Reflect.set(globalThis, UNREAD, false);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

function use(path: string): Replaced {
  const next = read(path);
  Reflect.set(globalThis, UNREAD, next.texts.size > 0);
  return next;
}

function read(path: string): Replaced {
  if (path === '') return { texts: new Map(), folders: [] };
  const files: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(files)) throw new Error(`${path} holds no list of files`);
  const texts = new Map<string, string>(
    files.map((file) => [String(Reflect.get(file, 'url')), String(Reflect.get(file, 'source'))]),
  );
  const folders = [...texts.keys()].flatMap(
    (url) => /^.*\/(?:packages|examples)\/[^/]+\//.exec(url)?.[0] ?? [],
  );
  return { texts, folders };
}
