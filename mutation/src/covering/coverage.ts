import type { Covered } from '../child/messages.ts';
import type { Replaced } from '../child-process.ts';
import { urlOf } from '../gather.ts';
import type { Mutant } from '../mutant.ts';
import { mutateLua } from '../mutators/lua.ts';
import { mutateTypeScript } from '../mutators/typescript.ts';
import type { Mutate, Target } from '../targets.ts';
import type { Instrumented } from './instrumented.ts';
import { instrumentLua } from './lua.ts';
import { instrumentTypeScript } from './typescript.ts';

/** A target whose sources say what of them each rule runs. */
export class Coverage {
  readonly replaced: readonly Replaced[];
  readonly #instrumented: readonly Instrumented[];
  readonly #covered = new Map<string, Covered>();

  private constructor(instrumented: readonly Instrumented[]) {
    this.#instrumented = instrumented;
    this.replaced = instrumented
      .flatMap(({ sources }) => sources)
      .map(({ file, text }) => ({ url: urlOf(file).href, source: text }));
  }

  static async of({ sources }: Target, texts: ReadonlyMap<string, string>): Promise<Coverage> {
    const filesBy = (mutate: Mutate) =>
      sources
        .filter(({ by }) => by.includes(mutate))
        .map(({ file }) => ({ file, text: texts.get(file) ?? '' }));
    return new Coverage([
      await instrumentTypeScript(filesBy(mutateTypeScript)),
      instrumentLua(filesBy(mutateLua)),
    ]);
  }

  /** What was seen with a harness. */
  saw(harness: string, covered: Covered | undefined): void {
    if (covered !== undefined) this.#covered.set(harness, covered);
  }

  /** Ids of the rules that never come to the place of a mutant, so that they cannot see it. */
  withoutFor(mutant: Mutant, harness: string): readonly string[] {
    const covered = this.#covered.get(harness);
    const mark = this.#markOf(mutant);
    if (covered === undefined || mark === undefined || covered.always.includes(mark)) return [];
    return Object.entries(covered.rules)
      .filter(([, marks]) => !marks.includes(mark) && !marks.includes(anyLike(mark)))
      .map(([id]) => id);
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
  return mark.replace(/\d+$/, '*');
}
