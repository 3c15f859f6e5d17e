import type { Crashed, Message } from './messages.ts';

/** A server of whoever started this process, to which it belongs. */
export interface GivenServer {
  /** How it is reached, as the target's `server` module says it. */
  readonly address: unknown;
  /** Ends it without a word and starts it again. */
  restart(): Promise<void>;
}

export function givenServer(address: unknown): GivenServer {
  return {
    address,
    restart: () =>
      new Promise((resolve, reject) => {
        process.once('message', (answer: Crashed) => {
          if (answer.crashed) resolve();
          else reject(new Error(answer.why));
        });
        const message: Message = 'crash';
        process.send?.(message);
      }),
  };
}
