import { Redis } from 'ioredis';
import { startWorker } from '../../src/bullmq.ts';
import { enter } from '../support/enter.ts';

const { settings, idempotency, bank } = await enter();
const connection = new Redis(settings.redis, { maxRetriesPerRequest: null });
startWorker(idempotency, bank, {
  connection,
  prefix: settings.prefix,
  concurrency: 4,
  lockDuration: settings.lease,
  stalledInterval: settings.lease / 3,
  maxStalledCount: 5,
});
