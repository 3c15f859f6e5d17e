import type { IdempotencyStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { Client } from '../support/client.ts';
import type { Binding, TestServer } from './app.ts';
import { GROUPS } from './groups/index.ts';
import { Stage } from './stage.ts';

/** Runs all cases against one binding, on one server, each on a store of its own. */
export function runSuite(
  binding: Binding,
  makeStore: () => IdempotencyStore = () => new MemoryStore(),
  groups = GROUPS,
): void {
  describe(binding.name, () => {
    let server: TestServer;
    let client: Client;
    beforeAll(async () => {
      server = await binding.start();
      client = new Client(server.port);
    });
    afterAll(async () => {
      client.close();
      await server.close();
    });
    for (const { name, cases } of groups) {
      describe(name, () => {
        for (const one of cases) {
          if (one.on?.(binding) === false) continue;
          test(one.name, () => one.run(new Stage(binding, server, makeStore(), {}, client)));
        }
      });
    }
  });
}
