import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Event, Unhandled } from '../history.ts';

export type Line = Event | Unhandled;

/** Appends to a file at once: what was written is there, also when the process is killed next. */
export function writeLog(path: string): (line: Line) => void {
  const file = openSync(path, 'a');
  return (line) => {
    writeSync(file, `${JSON.stringify(line)}\n`);
  };
}

/** Reads such a file while it grows. */
export class LogReader {
  readonly #file: number;
  readonly #buffer: Buffer = Buffer.alloc(65_536);
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#file = openSync(path, 'a+');
  }

  /** The lines that have come since. */
  read(): readonly Line[] {
    const pieces = [this.#rest];
    for (let length = this.#next(); length > 0; length = this.#next()) {
      pieces.push(Buffer.from(this.#buffer.subarray(0, length)));
    }
    const all = Buffer.concat(pieces);
    const end = all.lastIndexOf('\n') + 1;
    this.#rest = all.subarray(end);
    const lines = all.subarray(0, end).toString().split('\n');
    return lines.flatMap((line): Line[] => (line === '' ? [] : [JSON.parse(line)]));
  }

  close(): void {
    closeSync(this.#file);
  }

  #next(): number {
    return readSync(this.#file, this.#buffer, 0, this.#buffer.length, null);
  }
}
