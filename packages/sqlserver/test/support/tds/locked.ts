import { type Statement, storeAnswer } from './script.ts';
import { ScriptedServer } from './scripted-server.ts';

export interface Locked {
  readonly server: ScriptedServer;
  /** Resolves when a request waits. */
  readonly blocked: Promise<void>;
  /** Resolves when the client has asked for a cancellation. */
  readonly cancelled: Promise<void>;
  acknowledge(): void;
}

/** A server on which `complete` waits for a locked row, and which acknowledges a cancellation when told. */
export async function lockedServer(): Promise<Locked> {
  const acknowledgements: (() => void)[] = [];
  const [blocked, block] = latch();
  const [cancelled, asked] = latch();
  const server = await ScriptedServer.listen({
    answer: (statement: Statement) => {
      if (!/_Complete_|WAITFOR/.test(statement.text)) return storeAnswer(statement);
      block();
      return 'hang';
    },
    attention: (acknowledge) => {
      acknowledgements.push(acknowledge);
      asked();
    },
  });
  return { server, blocked, cancelled, acknowledge: () => acknowledgements.shift()?.() };
}

function latch(): readonly [Promise<void>, () => void] {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [opened, open];
}
