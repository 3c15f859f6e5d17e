import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { byKey, type Judgement, type Recorded } from '@idem/contract-tests/linearizability';
import type { Counts } from './counts.ts';
import { historyText } from './kept.ts';

export interface JudgingOptions {
  /** Where the right histories are kept too. */
  readonly keep?: string | undefined;
  /** Where what is not shown to be right is kept; the working directory by default. */
  readonly folder?: string;
  /** Points of the search that a history may take. */
  readonly most?: number;
}

const MOST_TRIED = 100_000;

/** Judges each key's history, and keeps what is wrong: as a file, and in words. */
export class Judging {
  readonly violations: string[] = [];
  readonly #thread: Worker;
  readonly #counts: Counts;
  readonly #name: string;
  readonly #keep: string | undefined;
  readonly #folder: string;
  /** How many histories are in files, because they are not shown to be right. */
  kept = 0;
  /** What is being judged, for the reader who waits. */
  doing = '';

  constructor(counts: Counts, name: string, options: JudgingOptions = {}) {
    const { keep, folder = '.', most = MOST_TRIED } = options;
    this.#thread = new Worker(new URL('./judge-thread.ts', import.meta.url), {
      execArgv: ['--conditions=@idem/source'],
      workerData: most,
    });
    this.#keep = keep;
    this.#folder = folder;
    this.#counts = counts;
    this.#name = name;
  }

  async judge(history: readonly Recorded[]): Promise<void> {
    for (const [key, ofKey] of byKey(history)) {
      this.#counts.assumed(ofKey.filter(({ answer }) => answer === null).length);
      this.doing = `, at ${key} with ${ofKey.length} operations`;
      const name = `${this.#name}-${key}.json`;
      if (this.#keep !== undefined) writeFileSync(join(this.#keep, name), historyText(ofKey));
      const begin = performance.now();
      const answer = once(this.#thread, 'message');
      this.#thread.postMessage(ofKey);
      const [judgement]: Judgement[] = await answer;
      this.doing = '';
      this.#counts.judgedFor += performance.now() - begin;
      if (judgement?.outcome === 'linearizable') continue;
      const file = join(this.#folder, `violation-${name}`);
      writeFileSync(file, historyText(ofKey));
      this.kept += 1;
      if (judgement?.outcome === 'undecided') {
        this.#counts.undecided += 1;
        console.log(
          `${key} was too entangled to be judged: ${ofKey.length} operations, in ${file}`,
        );
      } else if (judgement !== undefined) {
        this.violations.push(`${key} (${ofKey.length} operations, in ${file}):\n${judgement.text}`);
      }
    }
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
