import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { absent, type Harness, type OpenTransaction } from '@idem/contract-tests';
import { CLOCK, openDatabase } from '../src/database.ts';
import { SqliteStore } from '../src/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'idem-sqlite-'));
let file = join(folder, '0.db');
let crashes = 0;
const connections: DatabaseSync[] = [];

const clock = new DatabaseSync(':memory:').prepare(CLOCK);
const now = (): number => Number(clock.get()?.now);

/** A client that finds its way to the file after a crash. */
function client(): SqliteStore {
  let opened = file;
  let store = new SqliteStore(file);
  return new Proxy(store, {
    get(_, name) {
      if (opened !== file) {
        store.close();
        opened = file;
        store = new SqliteStore(file);
      }
      const member = Reflect.get(store, name);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
}

function write(sql: string, key: string): void {
  const db = openDatabase(file);
  db.prepare(sql).run(Buffer.from(key, 'utf8'));
  db.close();
}

/** A transaction of an application that has a table of its own in the file. */
function begin(store: SqliteStore): OpenTransaction {
  const db = openDatabase(file, 100);
  db.exec('CREATE TABLE IF NOT EXISTS effects (name TEXT PRIMARY KEY) STRICT; BEGIN');
  connections.push(db);
  const write = db.prepare('INSERT OR ROLLBACK INTO effects VALUES (?)');
  return {
    bound: store.inTransaction(db),
    effect: async (name) => void write.run(name),
    commit: async () => db.exec('COMMIT'),
    rollback: async () => {
      if (db.isTransaction) db.exec('ROLLBACK');
    },
    savepoint: async () => {
      db.exec('SAVEPOINT here');
      return { rollback: async () => db.exec('ROLLBACK TO here') };
    },
    // The second one is a conflict, by which SQLite rolls the whole transaction back.
    doom: async () => {
      try {
        for (const name of ['twice', 'twice']) write.run(name);
      } catch {}
    },
    endUnseen: async () => db.exec('ROLLBACK'),
    commitUnheard: absent('there is no connection: a commit has no reply to lose'),
  };
}

/** Each column, as this adapter never writes it; a STRICT table refuses other types itself. */
const PARTS = [
  // A claim without a token is nobody's. A result without one is what `store` makes: there the state goes.
  ['token of a claim', `token = NULL, state = iif(state = 'claimed', state, 'sent')`],
  ['state', `state = 'sent'`],
  ['takeover', 'takeover = 2'],
  ['missing takeover', 'takeover = NULL'],
  ['since', 'since = NULL'],
  ['value', `value = x'00'`],
  ['missing value', 'value = NULL'],
  ['checksum', 'checksum = checksum + 1'],
  ['missing checksum', 'checksum = NULL'],
] as const;

const harness: Harness = {
  name: 'idem-store-sqlite',
  open: async () => client(),
  close: async () => {
    for (const db of connections) db.close();
    rmSync(folder, { recursive: true });
  },
  clock: {
    driven: false,
    now: async () => now(),
    reach: async (instant) => {
      while (now() < instant) await sleep(1);
    },
  },
  // As if every process had been killed now: what goes on is what stands in the files.
  crash: async () => {
    const copy = join(folder, `${++crashes}.db`);
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    file = copy;
    return 'copied';
  },
  faults: absent('there is no connection: the file is opened in the process itself'),
  plant: {
    foreign: async (key) =>
      write(`INSERT INTO idempotency (key, state, fence, until) VALUES (?, 'sent', 1, 1)`, key),
    damage: async (key) => write(`UPDATE idempotency SET value = x'00' WHERE key = ?`, key),
    part: async (key, nth) => {
      const [name, damage] = PARTS[nth] ?? [];
      if (name === undefined) return null;
      write(`UPDATE idempotency SET ${damage} WHERE key = ?`, key);
      return { name, valueOnly: false };
    },
  },
  transactions: {
    levels: [],
    open: async () => {
      // It would wait in vain for a transaction of its own process, which it keeps from going on.
      const store = new SqliteStore(file, { busyTimeout: 20 });
      return { store, begin: async () => begin(store) };
    },
    hasEffect: async (name) => {
      const db = openDatabase(file);
      const found = db.prepare('SELECT 1 FROM effects WHERE name = ?').get(name);
      db.close();
      return found !== undefined;
    },
  },
  processes: {
    module: new URL('./other-process.ts', import.meta.url).href,
    env: {
      get IDEM_SQLITE_FILE() {
        return file;
      },
    },
  },
};

export default harness;
