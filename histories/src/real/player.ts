/** A process with lanes of its own on one store: writes down what it asks and what it is answered. */
import { now } from '@idem/contract-tests/linearizability';
import { loadBackend, openPatiently } from '../backends/backend.ts';
import { Chance } from '../chance.ts';
import { Lane } from '../lane.ts';
import { makeWrong } from '../wrong/wrongs.ts';
import type { PlayerOptions } from './host.ts';
import { Log } from './log.ts';
import { namesOf, runLane } from './run-lane.ts';

const options: PlayerOptions = JSON.parse(process.env['IDEM_HISTORIES_PLAYER'] ?? '');
let ending = false;

// Whoever started it has gone without a word, perhaps while there is no server yet.
process.on('disconnect', () => process.exit(1));
const { open } = await loadBackend(options.backend);
const store = makeWrong(options.wrong, await openPatiently(open, options.client));
const names = namesOf(options.run);
const { aborts, patience } = options;
const epochNow = (): number => Math.floor((now() - options.begin) / options.epoch);

async function play(index: number): Promise<void> {
  const client = `${options.process}${index}`;
  const chance = Chance.fromSeed(options.seed * 100 + index);
  while (!ending) {
    const epoch = epochNow();
    const keys = options.keys.map((key) => `e${epoch}.${key}`);
    const [first = '', ...others] = keys;
    const lane = new Lane(client, { ...options.choices, keys: [first, ...others] }, chance);
    const log = new Log(options.folder, `${client}`, epoch);
    const goesOn = (): boolean => !ending && epochNow() === epoch;
    const write = log.write.bind(log);
    await runLane({ lane, chance, store, names, aborts, patience, write, goesOn });
    log.close();
  }
}

process.on('message', () => {
  ending = true;
});
process.send?.('ready');
await Promise.all(Array.from({ length: options.lanes }, (_, index) => play(index)));
await store.close();
process.disconnect();
process.exit(0);
