/** A process with executors of its own: makes the calls that it is sent, and writes down what comes of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isIdempotencyError } from '@idem/core';
import { loadCore } from '../../wrong/load.ts';
import type { Client } from '../backend/backend.ts';
import { openClient } from '../backend/open-client.ts';
import { now } from '../clock.ts';
import { Caller } from './caller.ts';
import { writeLog } from './log.ts';
import type { FromPlayer, PlayerOptions, ToPlayer } from './messages.ts';

/** How often it looks whether it stood still, and what it calls so. Milliseconds. */
const LOOK = 20;
const STILL = 100;

const options: PlayerOptions = JSON.parse(process.env['IDEM_REAL_PLAYER'] ?? '');
const log = writeLog(options.log);
const armed: (() => void)[] = [];

// Kysely writes every error of a connection there, beside what it does with it.
console.error = () => {};

for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (reason: unknown) => {
    const message = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    log({ kind: 'unhandled', at: now(), process: options.process, message });
  });
}

function tell(message: FromPlayer): void {
  // Who has gone hears nothing.
  process.send?.(message, undefined, undefined, () => {});
}

function loseNextReply(): Promise<void> {
  return new Promise((resolve) => {
    armed.push(resolve);
    tell({ kind: 'lose the next reply' });
  });
}

/** As a service that is started again until it finds its store. */
async function open(): Promise<Client> {
  for (;;) {
    try {
      const opened = await openClient(options.client, { core, loseNextReply });
      await opened.warmUp();
      return opened;
    } catch (error) {
      if (!isIdempotencyError(error) || !error.retryable) throw error;
      await sleep(50);
    }
  }
}

const core = await (options.core === undefined ? loadCore() : import(options.core));
const client = await open();
const caller = new Caller(options.process, client, log);
let ending = false;
let looked = now();
const look = setInterval(() => {
  const at = now();
  if (at - looked > STILL) {
    log({ kind: 'stood still', at, process: options.process, since: looked });
  }
  looked = at;
}, LOOK);

process.on('message', (message: ToPlayer) => {
  switch (message.kind) {
    case 'call':
      void caller.call(message.order);
      break;
    case 'block': {
      const until = now() + message.for;
      while (now() < until);
      break;
    }
    case 'the next reply is lost':
      armed.shift()?.();
      break;
    case 'end':
      // Nothing else keeps it alive.
      ending = true;
      clearInterval(look);
      void client.close().then(() => process.disconnect());
  }
});
// Whoever started it has gone without a word.
process.on('disconnect', () => {
  if (!ending) process.exit(1);
});
tell({ kind: 'ready' });
