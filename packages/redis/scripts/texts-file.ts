import { assemble, NAMES } from './assemble.ts';

const HEADER = `/**
 * Assembled from the files of lua/ by "pnpm --filter @idem/redis write-scripts"; do not edit. Where
 * a line says that it is only for an option of the store, the others are not sent it.
 */
`;

/** What src/scripts/texts.ts must contain. */
export function textsFile(): string {
  const texts = NAMES.map((name) => `  ${name}: ${quoted(assemble(name))},\n`);
  const names = NAMES.map((name) => `\n  | '${name}'`).join('');
  const type = `export type ScriptName =${names};\n\n`;
  return `${HEADER}${type}export const TEXTS: Readonly<Record<ScriptName, string>> = {\n${texts.join('')}};\n`;
}

function quoted(text: string): string {
  return `${text.includes('\\') ? 'String.raw' : ''}\`\n${text}\n\``;
}
