import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** What one package's test run came to. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** The reason of each test that was skipped. */
  readonly skipped: readonly string[];
}

/** Writes what the run came to where the test command adds it up, with the reason of every skip. */
export class CountReporter implements Reporter {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, '.test-report.json');
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    // What went wrong outside a test, a file that could not be loaded or a failed hook, is a failure too.
    let failed = errors.length;
    const skipped: string[] = [];
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'skipped')
          skipped.push(result.note ?? skippedGroup(test) ?? 'no reason given');
        else failed += 1;
      }
    }
    const counts: TestCounts = { passed, failed, skipped };
    writeFileSync(this.#path, JSON.stringify(counts));
  }
}

/** The title of the outermost group that was skipped as a whole, which says why. */
function skippedGroup(test: TestCase): string | undefined {
  let title: string | undefined;
  for (let { parent } = test; parent.type === 'suite'; parent = parent.parent) {
    if (parent.options.mode === 'skip') title = parent.name;
  }
  return title;
}
