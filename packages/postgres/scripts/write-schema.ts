/**
 * Writes schema.sql from the same source that ensureSchema() sends, and the files of schema/ that are
 * not there yet. One that is there is never written: what was released is what runs in somebody's
 * database. (Before its release, delete the file to have it written anew.)
 */
import { access, writeFile } from 'node:fs/promises';
import { frozenFiles, schemaFile } from './schema-file.ts';

await writeFile(new URL('../schema.sql', import.meta.url), schemaFile());
for (const [name, text] of frozenFiles()) {
  const file = new URL(`../schema/${name}`, import.meta.url);
  await access(file).catch(() => writeFile(file, text));
}
