import { expect, test } from 'vitest';
import { packedPage } from '../scripts/packed-page.ts';

const versions = { '@idem/core': '1.2.0' };

test('a packed page links what is packed beside it there, and the rest in the repository', () => {
  const text =
    '[a](contract.md#grades) [b](errors.md) [c](../examples/adapter-sqlite) [d](#here) [e](https://a.b/c)';
  expect(packedPage('docs/writing-an-adapter.md', text, versions)).toBe(
    [
      '[a](contract.md#grades)',
      '[b](https://github.com/idem-ts/idem/blob/main/docs/errors.md)',
      '[c](https://github.com/idem-ts/idem/tree/main/examples/adapter-sqlite)',
      '[d](#here) [e](https://a.b/c)',
    ].join(' '),
  );
});

test('a packed page names the versions that were packed', () => {
  const text = '"@idem/core": "^0.1.0",\n"@types/node": "^24.0.0"';
  expect(packedPage('docs/contract.md', text, versions)).toBe(
    '"@idem/core": "^1.2.0",\n"@types/node": "^24.0.0"',
  );
});
