/** Does one operation with each kind of client and ends: nothing of the store may keep it alive. */
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';

const url = process.env['IDEM_REDIS_STORE_URL'] ?? '';
const claim = { token: createToken(), lease: 60_000 };

const own = await RedisStore.connect(url);
await own.claim(createToken(), claim);
await own.close();

const client = new Redis(url);
const shared = new RedisStore({ client });
await shared.claim(createToken(), claim);
await shared.close();
client.disconnect();
console.log('done');
