/** Fields by name, each whole or some of it. */
export type Selection = 'whole' | Fields;
type Fields = ReadonlyMap<string, Selection>;

const NOTHING: Selection = new Map();

/** The fields to which paths lead, each path a list of names. */
export function selectionOf(paths: readonly (readonly string[])[]): Selection {
  if (paths.length === 0) return NOTHING;
  if (paths.some((path) => path.length === 0)) return 'whole';
  const names = new Set(paths.map(([name = '']) => name));
  const within = (name: string): Selection =>
    selectionOf(paths.filter(([first]) => first === name).map((path) => path.slice(1)));
  return new Map([...names].map((name) => [name, within(name)]));
}

/** What of a plain value is selected, or undefined when nothing of it is there. A list has no fields. */
export function pick(value: unknown, selection: Selection): unknown {
  if (selection === 'whole') return value;
  if (!hasFields(value)) return undefined;
  const picked = [...selection].map(([name, of]) => {
    return [name, Object.hasOwn(value, name) ? pick(value[name], of) : undefined] as const;
  });
  const there = picked.filter(([, field]) => field !== undefined);
  return there.length === 0 ? undefined : Object.fromEntries(there);
}

/** A plain value without what is selected. */
export function omit(value: unknown, selection: Selection): unknown {
  if (selection === 'whole') return undefined;
  if (selection.size === 0 || !hasFields(value)) return value;
  const left = Object.entries(value).map(([name, field]) => {
    const of = selection.get(name);
    return [name, of === undefined ? field : omit(field, of)] as const;
  });
  return Object.fromEntries(left.filter(([, field]) => field !== undefined));
}

function hasFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
