import { consume } from '../../src/kafka.ts';
import { enter } from '../support/enter.ts';
import { consumerAt, producerAt } from '../support/kafka-shape.ts';

const { settings, idempotency, bank } = await enter();
const url = settings.extra ?? '';
await consume(consumerAt(url), producerAt(url), idempotency, bank);
