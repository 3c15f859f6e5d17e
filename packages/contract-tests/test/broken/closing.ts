import type { OperationOptions } from '@idem/core';
import { remoteHarness } from '../remote/remote-harness.ts';
import { RemoteStore } from '../remote/remote-store.ts';
import { type BrokenStore, broken } from './kit/broken-store.ts';
import { ReferenceStore } from './kit/reference-store.ts';

/** Mistakes about what is under way at close. */
export const closingMistakes: readonly BrokenStore[] = [
  broken(
    'closed-without-a-code',
    'Ends what is under way at close with the plain error of its connection.',
    {
      'lifecycle.close-under-find': /find under way at close: expected an answer, or an error by/,
    },
    class extends ReferenceStore {
      #close = (): void => {};
      readonly #closing = new Promise<void>((resolve) => {
        this.#close = resolve;
      });
      override async find(key: string, options?: OperationOptions): Promise<Uint8Array | null> {
        const closed = this.#closing.then(() => {
          throw new Error('Connection is closed.');
        });
        return Promise.race([super.find(key, options), closed]);
      }
      override close(): Promise<void> {
        this.#close();
        return super.close();
      }
    },
  ),
  {
    name: 'closed-in-an-outage-without-a-code',
    mistake: 'Gives up, when it is closed, what waits for the connection, by a plain error.',
    caughtBy: {
      'faults.closed-in-an-outage': /find under way at close, the backend gone: expected an Idem/,
    },
    harness: () =>
      remoteHarness('closed-in-an-outage-without-a-code', {
        Client: class extends RemoteStore {
          #closed = false;
          protected override async doFind(key: string): Promise<Uint8Array | null> {
            return super.doFind(key).catch((error) => {
              throw this.#closed ? new Error('Connection is closed.') : error;
            });
          }
          override close(): Promise<void> {
            this.#closed = true;
            return super.close();
          }
        },
      }),
  },
];
