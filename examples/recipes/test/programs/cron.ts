import { chargeSubscriptions } from '../../src/cron.ts';
import { enter } from '../support/enter.ts';

const { settings, store, idempotency, bank } = await enter();
const [now = '', ...ids] = (settings.extra ?? '').split(' ');
const subscriptions = ids.map((id) => ({ id, amount: 900 }));
await chargeSubscriptions(subscriptions, new Date(now), idempotency, bank);
await store.close();
process.disconnect();
