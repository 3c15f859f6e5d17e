import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Node, parse } from 'acorn';

/** One entry into a function: where, by file, and its line there. */
export interface Entry {
  readonly file: string;
  readonly line: number;
}

const HOOK = '__functionEntered';

/**
 * Writes down every function of the given files that is entered, in order, from now on, in files
 * that are imported later. A function is whatever has a body of its own: methods, accessors,
 * constructors and arrows too; that an async function goes on after an `await` is no entry.
 *
 * @param isOfInterest by the path of the file
 * @returns the entries so far; a caller may empty it
 */
export function traceFunctionEntries(isOfInterest: (path: string) => boolean): Entry[] {
  const entries: Entry[] = [];
  Reflect.set(globalThis, HOOK, (file: string, line: number) => entries.push({ file, line }));
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.startsWith('file:') || !isOfInterest(fileURLToPath(url))) return loaded;
      const source = `${loaded.source}`;
      const text = url.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
      return { format: 'module', source: withHooks(text, fileURLToPath(url)), shortCircuit: true };
    },
  });
  return entries;
}

/** The same program, in which each function says first that it was entered. */
function withHooks(text: string, file: string): string {
  const insertions: { readonly at: number; readonly what: string }[] = [];
  const program = parse(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  for (const body of functionBodies(program)) {
    const call = `globalThis.${HOOK}(${JSON.stringify(file)}, ${body.loc?.start.line ?? 0})`;
    if (body.type === 'BlockStatement') {
      insertions.push({ at: body.start + 1, what: `${call};` });
    } else {
      // Parentheses keep an object an object.
      insertions.push({ at: body.start, what: `(${call}, ` }, { at: body.end, what: ')' });
    }
  }
  let hooked = text;
  for (const { at, what } of insertions.sort((one, other) => other.at - one.at)) {
    hooked = hooked.slice(0, at) + what + hooked.slice(at);
  }
  return hooked;
}

function* functionBodies(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* functionBodies(item);
  } else if (isNode(value)) {
    if (value.type.includes('Function') && 'body' in value && isNode(value.body)) yield value.body;
    for (const child of Object.values(value)) yield* functionBodies(child);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
