import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { sequelizeTransactions } from '@idem/sqlserver/sequelize';
import { Sequelize, type Transaction } from 'sequelize';
import { expect, test } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

test('nothing is sent again in a transaction of Sequelize, whatever it repeats for the application', async () => {
  await using server = await ScriptedServer.listen({
    answer: (statement: Statement) => {
      if (/AS ["']version["']/.test(statement.text)) return { rows: [{ version: '16.0.0' }] };
      return statement.text.includes('_Complete_')
        ? { error: { number: 1222, message: 'Lock request time out' } }
        : storeAnswer(statement);
    },
  });
  const sequelize = new Sequelize('d', 'u', 'p', {
    ...{ dialect: 'mssql', host: '127.0.0.1', port: server.config.options?.port ?? 0 },
    dialectOptions: { options: { encrypt: false } },
    logging: false,
    retry: { max: 3, match: [/Lock request/] },
  });
  const transactions = sequelizeTransactions<Transaction>();
  const store = await SqlServerStore.connect(server.config, { transactions });
  const paying = sequelize.transaction((tx) =>
    store.inTransaction(tx).complete('key', createToken(), new Uint8Array(1), 60_000),
  );
  await expect(paying).rejects.toMatchObject({ code: 'IDEM_STORE_BUSY' });
  expect(server.sent('_Complete_')).toHaveLength(1);
  await Promise.all([store.close(), sequelize.close()]);
}, 20_000);
