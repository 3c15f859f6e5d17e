import { type Answers, className } from '../answers.ts';

/** What the suite can do to the backend of a new adapter: nothing yet but open a client. */
export function harness({ name }: Answers): string {
  const store = className(name);
  return `import { absent, type Harness } from '@idem/contract-tests';
import { ${store} } from '../src/store.ts';

/**
 * Give each ability, or leave the reason why the test cannot have it: it stands in every report beside
 * the rules that it skips. What the store cannot promise belongs in its \`supports\`.
 */
const harness: Harness = {
  name: '${name}',
  open: async () => new ${store}(),
  clock: absent('not written yet: { driven: false, now, reach } by the backend’s own clock'),
  crash: absent('not written yet: ends the backend as a power failure does, and starts it again'),
  faults: absent('not written yet: faultyConnection of @idem/contract-tests/faults, for a server'),
  plant: absent('not written yet: writes foreign records, and damages those of the store'),
  transactions: absent('not written yet: where the store can write in the application’s own'),
  processes: absent('not written yet: { module: the URL of other-process.ts, env }'),
};

export default harness;
`;
}

/** The whole test file. */
export function contractTest(): string {
  return `import { describeStoreContract } from '@idem/contract-tests/node-test';
import harness from './harness.ts';

describeStoreContract(harness);
`;
}

/** The module by which another process opens a client. */
export function otherProcess({ name }: Answers): string {
  const store = className(name);
  return `import { ${store} } from '../src/store.ts';

/** Opens a client in another process, by what the harness puts into its environment. */
export default async function open(): Promise<${store}> {
  return new ${store}();
}
`;
}
