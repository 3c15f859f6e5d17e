/** What happened, in words. Nothing is put into words unless somebody will read them. */
export class Trace {
  readonly #lines: string[] | undefined;

  constructor(wanted: boolean) {
    this.#lines = wanted ? [] : undefined;
  }

  say(at: number, who: string, words: () => string): void {
    this.#lines?.push(`${at.toFixed(1).padStart(9)} ms  ${who.padEnd(6)} ${words()}`);
  }

  toString(): string {
    return (this.#lines ?? []).join('\n');
  }
}
