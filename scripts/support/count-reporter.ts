import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** What one package's test run came to. */
export interface TestCounts {
  readonly passed: number;
  /** Where each failure is, and what it said. */
  readonly failures: readonly string[];
  /** The reason of each test that was skipped. */
  readonly skipped: readonly string[];
}

/** Writes what the run came to where the test command adds it up, with the reason of every skip. */
export class CountReporter implements Reporter {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, '.test-report.json');
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    // What went wrong outside a test, a file that could not be loaded or a failed hook, is a failure too.
    const failures: string[] = errors.map((error) => failure('outside every test', [error]));
    const skipped: string[] = [];
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId);
      const fail = (name: string, why: readonly SerializedError[]) =>
        failures.push(failure(`${file} > ${name}`, why));
      for (const error of module.errors()) fail('the file', [error]);
      for (const suite of module.children.allSuites())
        for (const error of suite.errors()) fail(suite.fullName, [error]);
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'skipped')
          skipped.push(result.note ?? skippedGroup(test) ?? 'no reason given');
        else fail(test.fullName, result.state === 'failed' ? result.errors : []);
      }
    }
    const counts: TestCounts = { passed, failures, skipped };
    writeFileSync(this.#path, JSON.stringify(counts));
  }
}

/** Each message with the place that it was thrown at, for a log of which only the end is kept. */
function failure(where: string, errors: readonly SerializedError[]): string {
  const lines = errors.map(({ message, stack }) => {
    const at = stack?.split('\n').find((line) => /:\d+:\d+\)?$/.test(line));
    return [message, at?.trim()].filter(Boolean).join(' ');
  });
  return [where, ...lines].join('\n  ');
}

/** The title of the outermost group that was skipped as a whole, which says why. */
function skippedGroup(test: TestCase): string | undefined {
  let title: string | undefined;
  for (let { parent } = test; parent.type === 'suite'; parent = parent.parent) {
    if (parent.options.mode === 'skip') title = parent.name;
  }
  return title;
}
