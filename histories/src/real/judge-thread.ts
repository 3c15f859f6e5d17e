/** Judges histories in a thread of its own, so that the proxies go on passing bytes. */
import { parentPort } from 'node:worker_threads';
import { judge, type Recorded } from '@idem/contract-tests/linearizability';

const MOST_TRIED = 100_000;

parentPort?.on('message', (history: readonly Recorded[]) => {
  parentPort?.postMessage(judge(history, MOST_TRIED));
});
