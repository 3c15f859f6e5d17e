/** Writes scripts.lua anew. */
import { writeFile } from 'node:fs/promises';
import { scriptsFile } from './scripts-file.ts';

await writeFile(new URL('../scripts.lua', import.meta.url), scriptsFile());
