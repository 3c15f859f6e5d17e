import { closeSync, openSync, readdirSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Operation } from '@idem/contract-tests/linearizability';

/** What a client wrote down: before it sent an operation, and when it had been answered. */
export type Line =
  | {
      readonly kind: 'begun';
      readonly id: string;
      readonly client: string;
      readonly operation: Operation;
      /** By the monotonic clock that all processes share. */
      readonly invoked: number;
      /** By the clock that the server judges by. */
      readonly mark: number;
    }
  | {
      readonly kind: 'ended';
      readonly id: string;
      readonly answer: Answer;
      readonly returned: number;
      readonly mark: number;
    };

/** Appends to a file at once: what was written is there, also when the process is killed next. */
export class Log {
  readonly #file: number;

  constructor(folder: string, process: string, epoch: number) {
    this.#file = openSync(join(folder, `${epoch}-${process}.jsonl`), 'a');
  }

  write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** What all processes wrote in an epoch; it is gone afterwards. */
export function takeLines(folder: string, epoch: number): Line[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${epoch}-`));
  return files.flatMap((name) => {
    const path = join(folder, name);
    const lines = readFileSync(path, 'utf8').split('\n');
    unlinkSync(path);
    // What a kill cut off in its middle is no line; what follows the last one is empty.
    return lines.flatMap((line): Line[] => (line.endsWith('}') ? parsed(line) : []));
  });
}

function parsed(line: string): Line[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
