import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { FreshProject } from '../support/fresh-project.ts';

const tarballs = inject('tarballs');

/** An application that knows of two adapters, and opens the one that its configuration names. */
const main = `
  import { openStore } from '@idem/core';

  const connectors = {
    memory: () => import('@idem/memory').then((m) => new m.MemoryStore()),
    redis: (url) => import('@idem/redis').then((m) => m.RedisStore.connect(url)),
  };
  try {
    await using store = await openStore(process.argv[2], connectors);
    await store.store('key', new Uint8Array([42]), 60_000);
    console.log('opened', (await store.find('key'))[0]);
  } catch (error) {
    console.log(error.code, error.message);
  }`;

const installed = ['@idem/core', '@idem/memory'];
const OPENED = 'opened 42\n';
const MISSING = /^IDEM_ADAPTER_MISSING .*@idem\/redis.*npm install @idem\/redis ioredis/;

describe('openStore, with one adapter installed and one not', () => {
  let npm: FreshProject;

  beforeAll(async () => {
    npm = await FreshProject.make({ 'main.js': main });
    await npm.install(installed.map((name) => tarballs[name] ?? name));
    return () => npm[Symbol.asyncDispose]();
  });

  test('as npm installs it', async () => {
    expect(await npm.node('main.js', ['memory:'])).toBe(OPENED);
    expect(await npm.node('main.js', ['redis://localhost:1'])).toMatch(MISSING);
  });

  test("in pnpm's strict layout, where core sees no adapter", async () => {
    const files = installed.map((name) => [name, `file:${tarballs[name]}`]);
    const dependencies = Object.fromEntries(files);
    await using project = await FreshProject.make({
      'main.js': main,
      'package.json': JSON.stringify({
        name: 'strict',
        private: true,
        type: 'module',
        dependencies,
      }),
      // The adapter asks for a core that no registry has yet.
      'pnpm-workspace.yaml': `nodeLinker: isolated\noverrides: ${JSON.stringify(dependencies)}\n`,
    });
    await project.run('npx', ['--yes', 'pnpm@12.21.0', 'install', '--prefer-offline']);
    expect(await project.node('main.js', ['memory:'])).toBe(OPENED);
    expect(await project.node('main.js', ['redis://localhost:1'])).toMatch(MISSING);
  });

  test('in a bundle, which takes in what is installed and leaves the rest to be looked for', async () => {
    const bundle = await rolldown({
      input: join(npm.folder, 'main.js'),
      cwd: npm.folder,
      platform: 'node',
      external: ['@idem/redis'],
    });
    await using elsewhere = await FreshProject.make();
    await bundle.write({ dir: elsewhere.folder, format: 'esm' });
    expect(await elsewhere.node('main.js', ['memory:'])).toBe(OPENED);
    expect(await elsewhere.node('main.js', ['redis://localhost:1'])).toMatch(MISSING);
  });
});
