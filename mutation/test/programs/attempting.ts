/** Tries what never ends. */
import { attempt } from '../../src/attempt.ts';

const harness = new URL('./endless-harness.ts', import.meta.url).href;
await attempt({
  task: { harness, first: [], without: [], seed: 1, deadline: 600_000 },
  replaced: [],
  silence: 600_000,
});
