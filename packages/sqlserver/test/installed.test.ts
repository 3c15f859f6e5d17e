import { expect, test } from 'vitest';
import { installed } from '../src/connection/installed.ts';

test('what is imported is handed on', async () => {
  await expect(installed(Promise.resolve('module'))).resolves.toBe('module');
});

test('a package that is not there is named, with the line that installs what connect needs', async () => {
  const name = '@idem/not-installed';
  await expect(installed(import(/* @vite-ignore */ name))).rejects.toMatchObject({
    code: 'IDEM_ADAPTER_MISSING',
    message: expect.stringMatching(
      /^The package @idem\/not-installed is not installed.*Run: npm install kysely tarn tedious\./,
    ),
    cause: expect.any(Error),
  });
});

test('any other error of an import is handed on', async () => {
  const error = new SyntaxError('Unexpected token');
  await expect(installed(Promise.reject(error))).rejects.toBe(error);
});
