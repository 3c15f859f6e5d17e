import { join } from 'node:path';
import { answersTo } from '../init/answers.ts';
import { init } from '../init/init.ts';
import { rules as allRules } from '../rules/index.ts';
import { type Command, parse, usage } from './arguments.ts';
import { ask } from './ask.ts';
import { print } from './print.ts';
import { run } from './run.ts';
import { select } from './select.ts';
import { UsageError } from './usage-error.ts';

/** Does what the command line asks for; answers the exit code. */
export async function main(given: readonly string[]): Promise<number> {
  try {
    return await perform(parse(given));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`idem-contract: ${error.message}\n\n${usage}`);
    return 2;
  }
}

async function perform(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      await print(usage);
      return 0;
    case 'list':
      for (const { id, grade, statement } of select(allRules, command.patterns)) {
        await print(`${id}  (${grade})  ${statement}\n`);
      }
      return 0;
    case 'init':
      return begin(command);
    case 'run':
      return run(command);
  }
}

/** Writes a new adapter, and says what comes next. */
async function begin({ folder, given }: Extract<Command, { kind: 'init' }>): Promise<number> {
  const written = await init(folder, await answersTo(given, ask));
  await print(`${written.map((path) => `${join(folder, path)}\n`).join('')}
Next: npm install, npm run report. Every operation says that it is not written yet; write src/store.ts
until no rule does. The guide: node_modules/@idem/contract-tests/docs/writing-an-adapter.md
`);
  return 0;
}
