import { Connection, Request } from 'tedious';
import { configOf } from './config.ts';
import type { Address } from './server.ts';

type Done = (error?: Error | null) => void;

function called(call: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}

/** Sends statements one after the other on one connection; the first value of the last row of each. */
export async function ask(address: Address, ...statements: string[]): Promise<unknown[]> {
  const connection = new Connection(configOf(address));
  await called((done) => connection.connect(done));
  const answers: unknown[] = [];
  try {
    for (const text of statements) {
      let answer: unknown;
      await called((done) => {
        const request = new Request(text, done);
        request.on('row', ([first]: { readonly value: unknown }[]) => {
          answer = first?.value;
        });
        connection.execSqlBatch(request);
      });
      answers.push(answer);
    }
  } finally {
    connection.close();
  }
  return answers;
}

/** Whether a server that speaks TDS is Babelfish for PostgreSQL. */
export async function isBabelfish(address: Address): Promise<boolean> {
  const [version] = await ask(address, "SELECT SERVERPROPERTY('Babelfish')");
  return version !== null;
}
