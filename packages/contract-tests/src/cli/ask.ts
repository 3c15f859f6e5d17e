import { createInterface } from 'node:readline/promises';
import { UsageError } from './usage-error.ts';

/** Asks at the terminal; where there is none, says which options answer instead. */
export async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UsageError(
      'Nobody can be asked here: give --name and --driver (a package, or none).',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
