import { RedisStore } from '@idem/redis';
import type { Client, ClientOptions, Setting } from './backend.ts';
import { Executors } from './executors.ts';

/** `run` over Redis. */
export async function redisClient(
  { url, wakeUp }: Extract<ClientOptions, { kind: 'redis' }>,
  { core }: Setting,
): Promise<Client> {
  const store = await RedisStore.connect({ url, wakeUp, timeout: 2_000 });
  const executors = new Executors(core, store);
  return {
    warmUp: nothing,
    remove: (key) => store.remove(key),
    run: ({ terms, plan }, fn, options) =>
      executors.of(terms).run(plan.key, (context) => fn(context, nothing), options),
    close: () => store.close(),
  };
}

async function nothing(): Promise<void> {}
