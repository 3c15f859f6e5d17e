import { expect, test } from 'vitest';
import { type Command, parse } from '../src/command.ts';
import { mutate } from '../src/mutate.ts';

/** Runs the command as it is called, and tells what it said. */
async function run(...args: string[]): Promise<{ ok: boolean; said: string }> {
  const command: Command = parse(args);
  const lines: string[] = [];
  let ok = true;
  for (const target of command.targets) {
    ok = (await mutate(target, command, (line) => lines.push(line))) && ok;
  }
  return { ok, said: lines.join('\n') };
}

// The nightly command tries them all; this one shows each time that it works.
test('the contract catches a sample of small mistakes in the memory store', async () => {
  const { ok, said } = await run('memory', '--sample', '4', '--seed', '3');
  expect(said).toContain('memory: 4 of 4 mutants caught, 0 judged equivalent, 0 open: 100.0 %');
  expect(ok).toBe(true);
}, 300_000);

test('a target, an option and a number that there is not are refused', () => {
  expect(() => parse(['oracle'])).toThrow(/There is no target oracle/);
  expect(() => parse(['--sample', 'some'])).toThrow(/--sample takes a whole number above 0/);
});
