/** The command `mutate`: see `usage`. */
import { type Command, parse, usage } from './command.ts';
import { mutate } from './mutate.ts';

function asked(): Command | undefined {
  try {
    return parse(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return undefined;
  }
}

const command = asked();
if (command === undefined) process.exit(2);
let ok = true;
for (const target of command.targets) {
  try {
    ok = (await mutate(target, command, console.log)) && ok;
  } catch (error) {
    // The others are still worth their while.
    console.error(`${target.name}: ${error instanceof Error ? error.message : String(error)}`);
    ok = false;
  }
}
process.exitCode = ok ? 0 : 1;
