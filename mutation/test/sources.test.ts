import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { urlOf } from '../src/gather.ts';
import { targets } from '../src/targets.ts';

describe('every source of a store is mutated, or named with the reason why not', () => {
  for (const { name, folder, sources, leftOut } of targets) {
    const files = readdirSync(urlOf(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) =>
        `${entry.parentPath}/${entry.name}`.slice(urlOf(`${folder}/`).pathname.length),
      );
    const mutated = sources.map(({ file }) => file.slice(`${folder}/`.length));
    const isFor = (file: string) => (left: string) =>
      left === file || (left.endsWith('/') && file.startsWith(left));

    test(name, () => {
      const left = Object.keys(leftOut);
      const twice = (file: string): boolean => mutated.includes(file) && left.some(isFor(file));
      expect(files.filter((file) => !mutated.includes(file) && !left.some(isFor(file)))).toEqual(
        [],
      );
      expect(mutated.filter((file) => !files.includes(file))).toEqual([]);
      expect(files.filter(twice)).toEqual([]);
      expect(left.filter((each) => !files.some((file) => isFor(file)(each)))).toEqual([]);
    });
  }
});
