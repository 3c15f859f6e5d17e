import { readFileSync } from 'node:fs';
import type { Answers } from '../answers.ts';

/** The package.json of a new adapter. */
export function manifest({ name, driver }: Answers): string {
  const { suite, core } = versions();
  const peers = driver === undefined ? {} : { peerDependencies: { [driver]: '*' } };
  const content = {
    name,
    version: '0.1.0',
    description: 'An idempotency-key store for idem',
    keywords: ['idem', 'idempotency', 'idempotency-key'],
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22.18' },
    exports: { '.': { types: './dist/store.d.ts', default: './dist/store.js' } },
    files: ['dist', 'src'],
    scripts: {
      build: 'tsc -p tsconfig.build.json',
      lint: 'biome check .',
      prepack: 'npm run build',
      report: 'idem-contract ./test/harness.ts',
      test: 'node --test test/contract.test.ts',
      typecheck: 'tsc',
    },
    dependencies: { '@idem/core': core },
    ...peers,
    devDependencies: {
      '@biomejs/biome': '^2.6.0',
      '@idem/contract-tests': suite,
      '@types/node': '^24.0.0',
      ...(driver === undefined ? {} : { [driver]: '*' }),
      typescript: '^7.0.2',
    },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The ranges of this suite and of the core that it was built with. */
function versions(): { readonly suite: string; readonly core: string } {
  const own: { readonly version: string; readonly dependencies: Readonly<Record<string, string>> } =
    JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const suite = `^${own.version}`;
  const core = own.dependencies['@idem/core'] ?? suite;
  // In the repository itself it is `workspace:^`.
  return { suite, core: core.startsWith('workspace:') ? suite : core };
}
