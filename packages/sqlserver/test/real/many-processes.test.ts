import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dropSchemaSql } from '@idem/sqlserver';
import { expect, test } from 'vitest';
import { procedures } from '../../src/schema/procedures/index.ts';
import { describeOnRealServer } from '../support/real-server.ts';
import { urlOf } from '../support/server.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../programs/ensure-schema.ts', import.meta.url));
const PROCESSES = 50;

describeOnRealServer('ensureSchema', { long: true }, (at) => {
  test(
    `may be called by ${PROCESSES} processes at once`,
    async () => {
      const table = `${at.table}_fifty`;
      const env = { ...process.env, IDEM_CLIENT_URL: urlOf(at.address, table, { poolSize: 1 }) };
      const args = ['--conditions=@idem/source', program];
      const runs = Array.from({ length: PROCESSES }, () => run(process.execPath, args, { env }));
      const answers = await Promise.all(runs);
      expect(answers.map(({ stdout }) => stdout)).toEqual(Array(PROCESSES).fill('false\n'));
      const [made] = await at.query<{ n: number }>(
        `SELECT COUNT(*) AS n FROM sys.procedures WHERE name LIKE '${table}%'`,
      );
      expect(Number(made?.n)).toBe(procedures.length);
      await at.query(dropSchemaSql({ table }));
    },
    15 * 60_000,
  );
});
