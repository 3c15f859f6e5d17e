import { readFileSync } from 'node:fs';

const FOLDER = new URL('../lua/', import.meta.url);

/** The scripts, by the names of their files. */
export const NAMES = [
  ...['find', 'exists', 'store', 'remove', 'claim', 'complete', 'release', 'renew', 'inspect'],
  'probe',
] as const;

function read(name: string): string {
  return readFileSync(new URL(`${name}.lua`, FOLDER), 'utf8');
}

/** The named constants of lua/layout.lua, as Lua writes their values. */
export function layout(): ReadonlyMap<string, string> {
  const lines = read('layout').matchAll(/^(?<name>[A-Z_]+) = (?<value>.+)$/gm);
  return new Map([...lines].map(({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']));
}

/** A file of lua/ with what it includes, with values for the names of the layout, without remarks. */
export function assemble(name: string): string {
  const values = layout();
  return included(name).replace(/\b[A-Z_]+\b/g, (word) => values.get(word) ?? word);
}

function included(name: string): string {
  const lines = read(name).trimEnd().split('\n');
  return lines
    .flatMap((line) => {
      const [, indent = '', other] = /^(\s*)-- include (\S+)$/.exec(line) ?? [];
      if (other !== undefined) return included(other).replace(/^(?=.)/gm, indent);
      return /^\s*--/.test(line) ? [] : line;
    })
    .join('\n');
}
