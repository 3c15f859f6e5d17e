import { readFile, writeFile } from 'node:fs/promises';

const README = new URL('../README.md', import.meta.url);
const BLOCK = /(<!-- demo:begin -->\n```text\n)([\s\S]*?)(\n```\n<!-- demo:end -->)/;

/** The demo's output as the README shows it. */
export async function shownOutput(): Promise<string> {
  return BLOCK.exec(await readFile(README, 'utf8'))?.[2] ?? '';
}

export async function showOutput(output: string): Promise<void> {
  const readme = await readFile(README, 'utf8');
  await writeFile(
    README,
    readme.replace(BLOCK, (_, before, _old, after) => before + output.trim() + after),
  );
}
