import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlOf } from '../gather.ts';
import { idOf, type Mutant, mutated } from '../mutant.ts';

/** What each operation of a store sends to its server, by its name, as the sources have it now. */
export type OperationTexts = () => ReadonlyMap<string, string>;

/**
 * The operations whose texts a mutant changes, by its id: whoever calls none of them cannot see it.
 * None for what changes something else.
 *
 * @param module its default export is `OperationTexts`
 */
export async function changedOperations(
  module: string,
  mutants: readonly Mutant[],
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  // Hooks of the loader, so that the module is loaded anew for each; only where they are asked for.
  await import('../child/replace.ts');
  const { useMutant } = await import('../child/replaced.ts');
  const folder = await mkdtemp(join(tmpdir(), 'idem-operations-'));
  const path = join(folder, 'mutant.json');
  const load = async (query: string): Promise<ReadonlyMap<string, string>> => {
    const { default: operationTexts }: { readonly default: OperationTexts } = await import(
      `${module}${query}`
    );
    return operationTexts();
  };
  try {
    const sound = await load('');
    const changed = new Map<string, readonly string[]>();
    for (const mutant of mutants) {
      const source = mutated(texts.get(mutant.file) ?? '', mutant);
      await writeFile(path, JSON.stringify([{ url: urlOf(mutant.file).href, source }]));
      // What cannot be loaded is told by the process that tries it.
      const made = await load(useMutant(path)).catch(() => sound);
      const others = [...sound.keys()].filter((name) => made.get(name) !== sound.get(name));
      changed.set(idOf(mutant), others);
    }
    return changed;
  } finally {
    useMutant('');
    await rm(folder, { recursive: true, force: true });
  }
}
