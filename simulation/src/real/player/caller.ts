import { isIdempotencyError, type RunContext, type RunOptions } from '@idem/core';
import type { PlannedCall } from '../../story/story.ts';
import type { Client } from '../backend/backend.ts';
import { now } from '../clock.ts';
import type { Answer, Ended, Event } from '../history.ts';
import type { Order } from '../plan.ts';

type Log = (event: Event) => void;

/** What a function throws that was told to throw. */
class Thrown extends Error {}

/** Makes the calls of one process, and writes down what comes of them. */
export class Caller {
  readonly #process: string;
  readonly #client: Client;
  readonly #log: Log;

  constructor(process: string, client: Client, log: Log) {
    this.#process = process;
    this.#client = client;
    this.#log = log;
  }

  /** Resolves when the call is settled; never rejects. */
  async call(order: Order): Promise<void> {
    const { plan } = order;
    const process = this.#process;
    const { id: call, key, wait, fingerprint } = plan;
    const caller = new AbortController();
    const { signal } = caller;
    this.#log({ kind: 'called', at: now(), process, call, key, wait, fingerprint });
    let leaves: NodeJS.Timeout | undefined;
    if (plan.abortsAfter !== undefined) {
      leaves = setTimeout(() => caller.abort(new Error(`${call} went away`)), plan.abortsAfter);
    }
    const options: RunOptions = {
      wait,
      signal,
      ...(fingerprint === undefined ? {} : { fingerprint }),
    };
    let executions = 0;
    const running = this.#client.run(
      order,
      (context, effect) => {
        executions += 1;
        return this.#perform(order, context, effect, `${process}.${call}.${executions}`);
      },
      options,
    );
    const answer = await running.then(resolved, (error: unknown) => rejected(error, signal));
    clearTimeout(leaves);
    this.#log({ kind: 'answered', at: now(), process, call, answer });
  }

  async #perform(
    { terms, plan }: Order,
    context: RunContext,
    effect: (id: string) => Promise<void>,
    id: string,
  ): Promise<unknown> {
    const process = this.#process;
    const { id: call, script } = plan;
    const { key, fence, takeover, token, signal } = context;
    const inTransaction = terms.transactional;
    const began = { call, id, key, fence, takeover, token, inTransaction };
    this.#log({ kind: 'began', at: now(), process, ...began });
    let how: Ended['how'] = 'throws';
    try {
      await sleep(plan, signal);
      await effect(id);
      how = script.ends;
    } finally {
      const { aborted: lost } = signal;
      this.#log({ kind: 'ended', at: now(), process, call, id, how, lost });
    }
    switch (how) {
      case 'throws':
        throw new Thrown(`thrown by ${id}`);
      case 'throws what is recorded':
        throw new Thrown(`recorded by ${id}`);
      case 'returns':
        return { by: id };
      case 'returns what no codec encodes':
        return Number.NaN;
    }
  }
}

function sleep({ script }: PlannedCall, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, script.duration);
    if (!script.heedsAbort) return;
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
}

function resolved(result: unknown): Answer {
  const { value, replayed, fence } = fields(result);
  return {
    kind: 'value',
    by: String(fields(value)['by']),
    replayed: replayed === true,
    fence: typeof fence === 'number' ? fence : undefined,
  };
}

function rejected(error: unknown, signal: AbortSignal): Answer {
  if (signal.aborted && error === signal.reason) return { kind: 'went away' };
  if (isIdempotencyError(error)) {
    const { by } = fields(fields(error)['value']);
    return { kind: 'refused', code: error.code, by: typeof by === 'string' ? by : undefined };
  }
  const message = error instanceof Error ? error.message : String(error);
  const thrown = /^(thrown|recorded) by (\S+)$/.exec(message);
  if (thrown?.[2] === undefined) return { kind: 'failed', message };
  return { kind: 'thrown', by: thrown[2], recorded: thrown[1] === 'recorded' };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
