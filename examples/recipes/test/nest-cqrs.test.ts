import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import type { Order } from '../src/pay.ts';
import { Program } from './support/programs.ts';
import { needsRedis, setTheScene } from './support/setting.ts';

needsRedis();

// Decorators are more than types, so Node does not run them as they stand.
beforeAll(async () => {
  const cwd = join(import.meta.dirname, '..');
  await promisify(execFile)('tsc', ['-p', 'tsconfig.nest.json'], { cwd });
});

const program = '../../dist/test/programs/nest-cqrs.js';
const order = (id: string, amount: number): Order => ({ id, amount });

test('a process is killed with one command half done and one recorded: each takes effect once', async () => {
  await using scene = await setTheScene();
  const { bank, settings } = scene;
  const [one, two] = [order('order-1', 1250), order('order-2', 4900)];
  const charged = bank.holdBack('order-1');
  await using dying = new Program(program, { ...settings, diesRecording: 'order-2' });
  expect(await dying.says()).toBe('ready');
  dying.process.send({ tenant: 'acme', order: one });
  await charged;
  dying.process.send({ tenant: 'acme', order: two });
  expect(await dying.ended).toBe('SIGKILL');

  await using surviving = new Program(program, settings);
  expect(await surviving.says()).toBe('ready');
  const send = async (tenant: string, order: Order): Promise<unknown> => {
    surviving.process.send({ tenant, order });
    return Object(await surviving.says()).receipt;
  };
  expect(await send('acme', one)).toEqual(bank.receipt('order-1'));
  expect(await send('acme', two)).toEqual(bank.receipt('order-2'));
  expect(bank.references).toEqual(['order-1', 'order-2']);
  // Told of the takeover, the second process asked about the one; the other it had on record.
  expect(bank.asked).toEqual(['order-1']);

  expect(await send('acme', order('order-2', 9900))).toContain(
    'used before with another fingerprint',
  );
  const others = await send('globex', two);
  expect(others, "another tenant's order of the same number").not.toEqual(bank.receipt('order-2'));
  expect(bank.references).toEqual(['order-1', 'order-2', 'order-2']);
});
