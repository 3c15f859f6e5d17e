import { findServer } from '@idem-workspace/test-servers/sqlserver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTable, openInstance } from '../../packages/sqlserver/test/support/table-on.ts';
import { KeptSchema, type Schema } from '../src/servers/sqlserver-schema.ts';

const server = await findServer();
/** As many as an instance of the tests keeps open. */
const CONNECTIONS = 6;

describe.skipIf('absent' in server)('a schema that is kept for the next mutant', () => {
  const db = 'absent' in server ? undefined : openInstance(server);
  const made = 'absent' in server || db === undefined ? undefined : makeTable(server, db);
  const { query, table } = made ?? { query: async () => [], table: '' };
  const nameOf = (procedure: string): string => `[dbo].[${table}_${procedure}]`;
  const create = (procedure: string, body: string): string =>
    `CREATE PROCEDURE ${nameOf(procedure)} AS BEGIN ${body}, @@SPID AS who END`;
  /** Two procedures that say what they are given to say; the second may be no T-SQL. */
  const saying = (first: string, second: string): Schema => {
    const procedures = new Map([
      [nameOf('first'), create('first', first)],
      [nameOf('second'), create('second', second)],
    ]);
    const script = [...procedures].map(
      ([name, text]) =>
        `IF OBJECT_ID(N'${name}', N'P') IS NULL EXEC (N'${text.replaceAll("'", "''")}');`,
    );
    return { script: script.join('\n'), table: 'a table', procedures };
  };
  /** What each of the connections hears. */
  const heard = async (procedure: string): Promise<ReadonlySet<unknown>> => {
    const said = new Map<unknown, unknown>();
    while (said.size < CONNECTIONS) {
      const answers = await Promise.all(
        Array.from({ length: 2 * CONNECTIONS }, () =>
          query<{ who: unknown; said: unknown }>(`EXEC ${nameOf(procedure)}`),
        ),
      );
      for (const row of answers.flat()) said.set(row.who, row.said);
    }
    return new Set(said.values());
  };
  const numberOf = async (procedure: string): Promise<unknown> =>
    (await query<{ id: unknown }>(`SELECT OBJECT_ID(N'${nameOf(procedure)}', N'P') AS id`))[0]?.id;

  let schema: KeptSchema | undefined;
  beforeAll(async () => {
    schema = await KeptSchema.create(query, saying("SELECT 'a' AS said", "SELECT 'b' AS said"));
  });
  afterAll(async () => {
    await db?.destroy();
    if (!('absent' in server)) await server.stop();
  });

  test('what differs is another on every connection that has called it, and the rest is let be', async () => {
    expect([await heard('first'), await heard('second')]).toEqual([new Set('a'), new Set('b')]);
    const before = await numberOf('first');
    await schema?.become(saying("SELECT 'a' AS said", "SELECT 'c' AS said"));
    expect([await heard('first'), await heard('second')]).toEqual([new Set('a'), new Set('c')]);
    expect(await numberOf('first')).toBe(before);
  });

  test('one that the server refuses leaves nothing behind', async () => {
    await expect(schema?.become(saying("SELECT 'a' AS said", 'SELEKT 1 +'))).rejects.toThrow();
    await schema?.become(saying("SELECT 'd' AS said", "SELECT 'e' AS said"));
    expect([await heard('first'), await heard('second')]).toEqual([new Set('d'), new Set('e')]);
  });

  test('another table needs a schema of its own', () => {
    const same = saying('SELECT 1', 'SELECT 2');
    expect(schema?.canBecome(same)).toBe(true);
    expect(schema?.canBecome({ ...same, table: 'another table' })).toBe(false);
  });
});
