import { Redis } from 'ioredis';
import { startWorker } from '../../src/bullmq.ts';
import { enter } from '../support/enter.ts';

const { settings, idempotency, bank } = await enter();
const connection = new Redis(settings.redis, { maxRetriesPerRequest: null });
startWorker(idempotency, bank, {
  connection,
  prefix: settings.prefix,
  concurrency: 4,
  // Shorter than the lease: a job is out again while the dead worker's claim still stands.
  lockDuration: settings.lease / 2,
  stalledInterval: settings.lease / 4,
  maxStalledCount: 1000,
});
