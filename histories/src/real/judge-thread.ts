/** Judges histories in a thread of its own, so that the proxies go on passing bytes. */
import { parentPort, workerData } from 'node:worker_threads';
import { judge, type Recorded } from '@idem/contract-tests/linearizability';

const most = Number(workerData);

parentPort?.on('message', (history: readonly Recorded[]) => {
  parentPort?.postMessage(judge(history, most));
});
