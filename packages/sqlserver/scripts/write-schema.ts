/** Writes schema.sql from the same source that ensureSchema() sends. */
import { writeFile } from 'node:fs/promises';
import { schemaFile } from './schema-file.ts';

await writeFile(new URL('../schema.sql', import.meta.url), schemaFile());
