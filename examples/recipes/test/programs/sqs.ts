import { SQSClient } from '@aws-sdk/client-sqs';
import { consume } from '../../src/sqs.ts';
import { enter } from '../support/enter.ts';

const { settings, idempotency, bank } = await enter();
const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
const queue = settings.extra ?? '';
const client = new SQSClient({
  region: 'eu-central-1',
  endpoint: new URL(queue).origin,
  credentials,
});
await consume(client, queue, idempotency, bank, new AbortController().signal);
