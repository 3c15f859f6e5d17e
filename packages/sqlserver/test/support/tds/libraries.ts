import type { LibraryOpener, LibraryUse } from '../libraries/library.ts';
import { type Answer, type Statement, storeAnswer } from './script.ts';
import { ScriptedServer } from './scripted-server.ts';

/** Opens a library on a scripted server that grants every claim, and answers what the script says else. */
export async function onScriptedServer<R>(
  library: LibraryOpener,
  use: (server: ScriptedServer) => LibraryUse<R>,
  table = 'IdempotencyStore',
  script: (statement: Statement) => Answer | undefined = () => undefined,
): Promise<R> {
  const answer = (statement: Statement): Answer => script(statement) ?? answerTo(statement);
  await using server = await ScriptedServer.listen({ answer });
  const { port = 0 } = server.config.options ?? {};
  const address = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd' };
  return await library.open({ ...address, encrypt: false }, table, use(server));
}

function answerTo(statement: Statement): Answer {
  // What TypeORM asks when it connects, and Sequelize.
  const asked = /AS ["'](db_name|schema_name|version)["']/.exec(statement.text)?.[1];
  return asked === undefined ? storeAnswer(statement) : { rows: [{ [asked]: '16.0.0' }] };
}
