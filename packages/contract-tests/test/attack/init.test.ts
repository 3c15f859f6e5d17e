import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../../src/cli/usage-error.ts';
import { answersTo, className } from '../../src/init/answers.ts';
import { init } from '../../src/init/init.ts';

test('what is no folder is refused in words', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'idem-init-'));
  const file = join(folder, 'file');
  await writeFile(file, 'work of somebody');
  const refusal = init(file, { name: 'idem-x', driver: undefined });
  await expect(refusal).rejects.toThrow(UsageError);
  await expect(refusal).rejects.toThrow(/file cannot be used as a folder/);
  await rm(folder, { recursive: true });
});

test('one file is work of somebody: the folder is left alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'idem-init-'));
  await writeFile(join(folder, 'notes'), 'work of somebody');
  const refusal = init(folder, { name: 'idem-x', driver: undefined });
  await expect(refusal).rejects.toThrow(/is not empty: notes is there/);
  await rm(folder, { recursive: true });
});

test('a store is never named after the class that it extends', () => {
  expect(className('idem-store-abstract')).toBe('IdemAbstractStore');
});

test('a name that npm takes for no new package is refused, and a driver that is none', async () => {
  const asked = (): Promise<string> => Promise.reject(new Error('nobody is to be asked'));
  for (const name of ['node_modules', 'favicon.ico', 'http', 'fs']) {
    const refusal = answersTo({ name, driver: 'none' }, asked);
    await expect(refusal).rejects.toThrow(/--name must be another than/);
  }
  for (const driver of ['idem-x', '@idem/core', 'typescript']) {
    const refusal = answersTo({ name: 'idem-x', driver }, asked);
    await expect(refusal).rejects.toThrow(/--driver .* is there already/);
  }
});

test('what Node brings is no package to install, with and without node:', async () => {
  const asked = (): Promise<string> => Promise.reject(new Error('nobody is to be asked'));
  for (const driver of ['fs', 'node:sqlite', 'none']) {
    expect(await answersTo({ name: 'idem-x', driver }, asked)).toEqual({
      name: 'idem-x',
      driver: undefined,
    });
  }
});
