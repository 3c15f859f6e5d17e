/** Knows a part of a library's object by its methods: two copies of a library in one tree do no harm. */
export function has<Part extends object>(
  value: unknown,
  methods: readonly (keyof Part & string)[],
): value is Part {
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === 'function');
}

export function ignore(): void {}
