import { assemble, NAMES } from './assemble.ts';

const HEADER = `/**
 * Assembled from the files of lua/ by "pnpm --filter @idem/redis write-scripts"; do not edit. Where
 * a line says that it is only for an option of the store, the others are not sent it.
 */
export const TEXTS = {
`;

/** What src/scripts/texts.ts must contain. */
export function textsFile(): string {
  const texts = NAMES.map((name) => `  ${name}: String.raw\`\n${assemble(name)}\n\`,\n`);
  return `${HEADER}${texts.join('')}} as const satisfies Readonly<Record<string, string>>;\n`;
}
