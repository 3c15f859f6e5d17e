import { parse } from '@babel/parser';

/** A named piece of a file. */
interface Named {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/**
 * What tells in which function, method, member or constant of a file a place is: by its name, the
 * innermost that has one; empty where there is none.
 */
export function namesIn(source: string): (at: number) => string {
  const found: Named[] = [];
  collect(parse(source, { sourceType: 'module', plugins: ['typescript'] }).program, found);
  return (at) => found.findLast(({ start, end }) => start <= at && at < end)?.name ?? '';
}

/** What has a name by which a reader finds it, beside the functions that stand in an expression. */
const NAMED: ReadonlySet<unknown> = new Set([
  'FunctionDeclaration',
  'ClassDeclaration',
  'ClassMethod',
  'ClassPrivateMethod',
  'ClassProperty',
  'ClassPrivateProperty',
]);

/** In the order in which they begin, an outer one before those within. */
function collect(node: unknown, found: Named[], inside = ''): void {
  if (Array.isArray(node)) for (const each of node) collect(each, found, inside);
  if (typeof node !== 'object' || node === null || !('type' in node)) return;
  const name = nameOf(node, inside);
  if (name !== undefined) found.push({ ...spanOf(node), name });
  for (const child of Object.values(node)) collect(child, found, name ?? inside);
}

function nameOf(node: object, inside: string): string | undefined {
  const type = Reflect.get(node, 'type');
  const value = Reflect.get(node, 'value') ?? Reflect.get(node, 'init');
  // A constant of a module, and a member of such a constant: a text of SQL or Lua is one.
  const isConstant = type === 'VariableDeclarator' && inside === '';
  const isMember = type === 'ObjectProperty' && isText(value);
  if (!NAMED.has(type) && !isConstant && !isMember) return undefined;
  return textOf(Reflect.get(node, 'key') ?? Reflect.get(node, 'id'));
}

function isText(node: unknown): boolean {
  return (
    typeof node === 'object' &&
    node !== null &&
    /^Tagged|^Template/.test(String(Reflect.get(node, 'type')))
  );
}

function textOf(key: unknown): string | undefined {
  if (typeof key !== 'object' || key === null) return undefined;
  const id = Reflect.get(key, 'id');
  if (typeof id === 'object' && id !== null) return `#${textOf(id)}`;
  const name = Reflect.get(key, 'name') ?? Reflect.get(key, 'value');
  return typeof name === 'string' ? name : undefined;
}

function spanOf(node: object): { readonly start: number; readonly end: number } {
  return { start: Number(Reflect.get(node, 'start')), end: Number(Reflect.get(node, 'end')) };
}
