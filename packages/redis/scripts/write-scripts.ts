/** Writes src/scripts/texts.ts and scripts.lua anew, from the files of lua/. */
import { writeFile } from 'node:fs/promises';
import { textsFile } from './texts-file.ts';

await writeFile(new URL('../src/scripts/texts.ts', import.meta.url), textsFile());
// After it: this is made of what the store sends.
const { scriptsFile } = await import('./scripts-file.ts');
await writeFile(new URL('../scripts.lua', import.meta.url), scriptsFile());
