/** Does one operation with each kind of client and ends: nothing of a store may keep it alive, nor one who watches. */
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

const url = process.env['IDEM_REDIS_STORE_URL'] ?? '';
const claim = { token: createToken(), lease: 60_000 };

const own = await RedisStore.connect(url);
await own.claim(createToken(), claim);
await own.close();

const client = new Redis(url);
const shared = new RedisStore({ client });
await shared.claim(createToken(), claim);
await shared.close();

const other = createClient({ url });
await other.connect();
for (const open of [client, other]) {
  const watching = new RedisStore({ client: open, wakeUp: true });
  await new Promise<void>((heard) => watching.watch(createToken(), heard));
}
client.disconnect();
other.destroy();
console.log('done');
