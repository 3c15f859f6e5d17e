import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { PAGES, packedPage } from './packed-page.ts';

/** Writes the pages that an author of an adapter reads into `docs/`, which is packed. */
const root = new URL('../../../', import.meta.url);
const docs = new URL('../docs/', import.meta.url);

async function versionOf(name: string): Promise<string> {
  const manifest = await readFile(new URL(`packages/${name}/package.json`, root), 'utf8');
  const { version }: { readonly version: string } = JSON.parse(manifest);
  return version;
}

const versions = {
  '@idem/core': await versionOf('core'),
  '@idem/contract-tests': await versionOf('contract-tests'),
};
await rm(docs, { recursive: true, force: true });
await mkdir(docs);
for (const page of PAGES) {
  const text = await readFile(new URL(page, root), 'utf8');
  await writeFile(new URL(basename(page), docs), packedPage(page, text, versions));
}
