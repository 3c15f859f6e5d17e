/** Pages of the table that one statement looks at: half a megabyte. */
const STRIDE = 64;

/** A part of the table: its pages from the first to the one before `end`. */
export interface Stretch {
  readonly first: number;
  readonly end: number;
}

/**
 * Where purges have come to in the table, page by page. Each purge goes round it once, from where the
 * last one ended: one that is cut short again and again gets everywhere. The first begins by chance,
 * so that processes which purge at the same time are not in each other's way.
 */
export class Walk {
  #at: number | undefined;

  /** The stretches of one round through a table of so many pages. */
  *round(pages: number): Generator<Stretch> {
    const stretches = Math.max(1, Math.ceil(pages / STRIDE));
    const start = (this.#at ?? Math.floor(Math.random() * stretches)) % stretches;
    for (let n = 0; n < stretches; n += 1) {
      const at = (start + n) % stretches;
      this.#at = at;
      const last = at === stretches - 1;
      // The table may have grown since its pages were counted.
      yield { first: at * STRIDE, end: last ? LAST_PAGE : (at + 1) * STRIDE };
      this.#at = at + 1;
    }
  }
}

/** No table has more. */
const LAST_PAGE = 2 ** 32 - 1;
