import type { ProcessClients } from '../harness.ts';
import type { Program } from '../linearizability/program.ts';
import { merge, type Recording } from '../linearizability/record.ts';
import { now } from '../model/monotonic.ts';
import type { Names } from '../model/perform.ts';
import { WorkerProcess } from './worker-process.ts';

const HEAD_START = 20;

/** Runs each group of programs in the process of its number, all at the same time. */
export type RunInProcesses = (
  groups: readonly (readonly Program[])[],
  names: Names,
) => Promise<Recording>;

/** Starts so many processes, each with a client of its own; they end when the work is done. */
export async function withProcesses(
  clients: ProcessClients,
  count: number,
  work: (run: RunInProcesses) => Promise<void>,
): Promise<void> {
  const starts = await Promise.allSettled(
    Array.from({ length: count }, () => WorkerProcess.start(clients)),
  );
  const workers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    await work(async (groups, names) => {
      const { keys, tokens } = labelsOf(groups.flat(), names);
      const begin = now() + HEAD_START;
      const replies = await Promise.all(
        workers.map((worker, index) =>
          worker.run({ kind: 'run', programs: groups[index] ?? [], keys, tokens, begin }),
        ),
      );
      return merge(replies.map(({ recording }) => recording));
    });
  } finally {
    await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
  }
}

function labelsOf(
  programs: readonly Program[],
  names: Names,
): { keys: Map<string, string>; tokens: Map<string, string> } {
  const [keys, tokens] = [new Map<string, string>(), new Map<string, string>()];
  for (const step of programs.flatMap(({ steps }) => steps)) {
    if (step.kind !== 'operation') continue;
    const { operation } = step;
    keys.set(operation.key, names.key(operation.key));
    if ('token' in operation) tokens.set(operation.token, names.token(operation.token));
  }
  return { keys, tokens };
}
