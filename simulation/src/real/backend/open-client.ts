import type { Client, ClientOptions, Setting } from './backend.ts';
import { redisClient } from './redis-client.ts';
import { sqlserverClient } from './sqlserver-client.ts';

export function openClient(options: ClientOptions, setting: Setting): Promise<Client> {
  switch (options.kind) {
    case 'redis':
      return redisClient(options, setting);
    case 'sqlserver':
      return sqlserverClient(options, setting);
  }
}
