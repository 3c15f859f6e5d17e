import type { Answers } from '../answers.ts';

export function tsconfig(): string {
  return json({
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023', 'ESNext.Disposable'],
      module: 'NodeNext',
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitOverride: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ['src', 'test'],
  });
}

export function tsconfigBuild(): string {
  return json({
    extends: './tsconfig.json',
    compilerOptions: { noEmit: false, rootDir: 'src', outDir: 'dist', declaration: true },
    include: ['src'],
  });
}

/** Written as Biome formats it, which checks this file too. */
export function biome(): string {
  return `{
  "files": { "includes": ["src/**", "test/**"] },
  "formatter": { "indentStyle": "space", "lineWidth": 100 },
  "javascript": { "formatter": { "quoteStyle": "single" } }
}
`;
}

export function gitignore(): string {
  return 'node_modules/\ndist/\n';
}

/** The oldest and the newest line of Node, and a report that is kept. */
export function workflow(): string {
  return `name: CI
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        node: [22, 24]
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: \${{ matrix.node }}
      - run: npm install
      - run: npm run lint
      - run: npm run typecheck
      - run: npm test
      - if: always()
        run: npm run report -- --format markdown --out CONFORMANCE.md
      - if: always()
        uses: actions/upload-artifact@v5
        with:
          name: conformance-node-\${{ matrix.node }}
          path: CONFORMANCE.md
`;
}

export function readme({ name, driver }: Answers): string {
  const install = driver === undefined ? name : `${name} ${driver}`;
  return `# ${name}

An idempotency-key store for [idem](https://github.com/idem-ts/idem).

\`\`\`sh
npm install @idem/core ${install}
\`\`\`

## Working on it

\`\`\`sh
npm install
npm run lint
npm run typecheck
npm test             # the contract, one test for each rule
npm run report       # the same, as a report
\`\`\`

Write \`src/store.ts\` operation by operation (\`npm run report -- --rule 'find-store.*'\` shows one family
of rules), then give \`test/harness.ts\` one ability after the other. The guide comes with the suite:
\`node_modules/@idem/contract-tests/docs/writing-an-adapter.md\`.
`;
}

function json(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
