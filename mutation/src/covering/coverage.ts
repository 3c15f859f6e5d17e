import type { Covered } from '../child/messages.ts';
import { isOperation } from '../child/operations.ts';
import type { Replaced } from '../child-process.ts';
import { urlOf } from '../gather.ts';
import { idOf, type Mutant } from '../mutant.ts';
import { mutateLua } from '../mutators/lua.ts';
import { mutateTypeScript } from '../mutators/typescript.ts';
import type { Mutate, Target } from '../targets.ts';
import type { Instrumented } from './instrumented.ts';
import { instrumentLua } from './lua.ts';
import { changedOperations } from './operations.ts';
import { instrumentTypeScript } from './typescript.ts';

/** So many mutants are tried before their rules could all be asked what they run. */
const FEW = 10;

/** A target whose sources say what of them each rule runs. */
export class Coverage {
  readonly replaced: readonly Replaced[];
  readonly #target: Target;
  readonly #instrumented: readonly Instrumented[];
  readonly #changed: ReadonlyMap<string, readonly string[]>;
  readonly #covered = new Map<string, Covered>();
  readonly #pays: boolean;

  private constructor(
    target: Target,
    instrumented: readonly Instrumented[],
    changed: ReadonlyMap<string, readonly string[]>,
    pays: boolean,
  ) {
    this.#pays = pays;
    this.#target = target;
    this.#instrumented = instrumented;
    this.#changed = changed;
    this.replaced = instrumented
      .flatMap(({ sources }) => sources)
      .map(({ file, text }) => ({ url: urlOf(file).href, source: text }));
  }

  static async of(
    target: Target,
    texts: ReadonlyMap<string, string>,
    mutants: readonly Mutant[],
  ): Promise<Coverage> {
    const { sources, operations } = target;
    const filesBy = (mutate: Mutate) =>
      sources
        .filter(({ by }) => by.includes(mutate))
        .map(({ file }) => ({ file, text: texts.get(file) ?? '' }));
    return new Coverage(
      target,
      [await instrumentTypeScript(filesBy(mutateTypeScript)), instrumentLua(filesBy(mutateLua))],
      operations === undefined ? new Map() : await changedOperations(operations, mutants, texts),
      mutants.length > FEW,
    );
  }

  /** Whether there is anything to be seen of what the rules come to with a harness, and it pays to look. */
  isAsked(harness: string): boolean {
    if (!this.#pays) return false;
    const { operations, harness: usual } = this.#target;
    return this.replaced.length > 0 || (operations !== undefined && harness === usual);
  }

  /** What was seen with a harness. */
  saw(harness: string, covered: Covered | undefined): void {
    if (covered !== undefined) this.#covered.set(harness, covered);
  }

  /** Ids of the rules that never come to the place of a mutant, so that they cannot see it. */
  withoutFor(mutant: Mutant, harness: string): readonly string[] {
    const covered = this.#covered.get(harness);
    const marks = this.#marksOf(mutant);
    if (covered === undefined || marks.length === 0) return [];
    const comes = (seen: readonly string[]): boolean =>
      marks.some((mark) => seen.includes(mark) || seen.includes(anyLike(mark)));
    if (comes(covered.always)) return [];
    const without = Object.entries(covered.rules).filter(([, seen]) => !comes(seen));
    return without.map(([id]) => id);
  }

  /** What tells that its place is come to, any of them; none where nothing does. */
  #marksOf(mutant: Mutant): readonly string[] {
    const changed = this.#changed.get(idOf(mutant)) ?? [];
    const mark = this.#markOf(mutant);
    // Of what is called by nobody but the application it is not known who comes to it.
    if (!changed.every(isOperation)) return [];
    return [...changed.map((name) => `call ${name}`), ...(mark === undefined ? [] : [mark])];
  }

  #markOf(mutant: Mutant): string | undefined {
    for (const { markOf } of this.#instrumented) {
      const mark = markOf(mutant);
      if (mark !== undefined) return mark;
    }
    return undefined;
  }
}

function anyLike(mark: string): string {
  return mark.replace(/\S+$/, '*');
}
