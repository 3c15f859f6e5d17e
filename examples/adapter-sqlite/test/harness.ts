import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { absent, type Harness } from '@idem/contract-tests';
import { openDatabase } from '../src/database.ts';
import { Records } from '../src/records.ts';
import { SqliteStore } from '../src/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'idem-sqlite-'));
const path = join(folder, 'idempotency.db');
const db = openDatabase(path);
const records = new Records(db);

const harness: Harness = {
  name: 'idem-store-sqlite',
  open: async () => new SqliteStore(path),
  close: async () => {
    db.close();
    rmSync(folder, { recursive: true });
  },
  clock: {
    driven: false,
    now: async () => records.now(),
    reach: async (instant) => {
      while (records.now() < instant) await sleep(1);
    },
  },
  restart: absent('there is no server: what one process wrote, another reads, as other rules show'),
  faults: absent('there is no connection'),
  plant: {
    foreign: async (key) => {
      db.prepare(
        `INSERT INTO idempotency (key, state, fence, ends_at) VALUES (?, 'done', 1, 1)`,
      ).run(Buffer.from(key, 'utf8'));
    },
    damage: async (key) => {
      db.prepare(`UPDATE idempotency SET value = x'00', token = NULL WHERE key = ?`).run(
        Buffer.from(key, 'utf8'),
      );
    },
  },
  processes: {
    module: new URL('./other-process.ts', import.meta.url).href,
    env: { IDEM_SQLITE_PATH: path },
  },
};

export default harness;
