import { types } from 'node:util';
import { whatIsLost } from './lost.ts';
import { type Place, refuseLoss } from './place.ts';

const DEEP = 32;

/**
 * What JSON makes of a value, as a copy of plain objects, lists, text, finite numbers, booleans and
 * null: what `JSON.parse(JSON.stringify(value))` gives, and undefined for undefined. Every getter and
 * every `toJSON` is asked once, so what is checked is what is written.
 *
 * Throws a TypeError that says where, as `result.total.amount`, for what JSON would lose without a
 * word, and what a getter, a `toJSON` or a proxy throws.
 *
 * @param root how the message calls the value
 */
export function plainCopy(value: unknown, root: string): unknown {
  return copy(value, root, undefined);
}

function copy(value: unknown, name: string | number, parent: Place | undefined): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'number':
      if (!Number.isFinite(value)) return refuseLoss(String(value), name, parent);
      return value === 0 ? 0 : value;
    case 'object':
      if (value === null) return null;
      return copyObject(convert(value, name, parent), name, parent);
    case 'bigint':
    case 'function':
      return copyObject(convert(value, name, parent), name, parent);
    default:
      return refuseLoss(`a ${typeof value}`, name, parent);
  }
}

/** What `toJSON` says, where there is one. A Buffer's and an invalid Date's would hide what they are. */
function convert(
  value: object | bigint,
  name: string | number,
  parent: Place | undefined,
): unknown {
  if (ArrayBuffer.isView(value)) return refuseLoss('binary data', name, parent);
  const toJSON = typeof value === 'object' ? toJSONOf(value) : Reflect.get(Object(value), 'toJSON');
  if (typeof toJSON !== 'function') return value;
  if (types.isDate(value) && Number.isNaN(value.getTime())) {
    return refuseLoss('an invalid Date', name, parent);
  }
  return Reflect.apply(toJSON, value, [parent === undefined ? '' : String(name)]);
}

function toJSONOf(value: { readonly toJSON?: unknown }): unknown {
  return value.toJSON;
}

/** As `copy`, of what `toJSON` was asked for already. */
function copyObject(value: unknown, name: string | number, parent: Place | undefined): unknown {
  if (typeof value === 'bigint' || typeof value === 'function') {
    return refuseLoss(`a ${typeof value}`, name, parent);
  }
  if (!isObject(value)) return copy(value, name, parent);
  if (Array.isArray(value)) return copyList(value, enter(value, name, parent));
  const names = Object.keys(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) {
    if (types.isBoxedPrimitive(value)) return copyBoxed(value, name, parent);
    const lost = whatIsLost(value, prototype, names.length === 0);
    if (lost !== undefined) refuseLoss(lost, name, parent);
  }
  const place = enter(value, name, parent);
  const fields: Record<string, unknown> = {};
  for (const field of names) {
    const said = copy(value[field], field, place);
    if (said === undefined) continue;
    if (field === '__proto__') defineField(fields, field, said);
    else fields[field] = said;
  }
  leave(place);
  return fields;
}

function copyList(list: readonly unknown[], place: Place): unknown[] {
  const items: unknown[] = [];
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (item === undefined && !Object.hasOwn(list, index)) {
      refuseLoss('a hole in a list', index, place);
    }
    const said = copy(item, index, place);
    items.push(said === undefined ? null : said);
  }
  leave(place);
  return items;
}

function copyBoxed(boxed: object, name: string | number, parent: Place | undefined): unknown {
  if (types.isNumberObject(boxed)) return copy(Number(boxed), name, parent);
  if (types.isStringObject(boxed)) return String(boxed);
  if (types.isBooleanObject(boxed)) return Boolean.prototype.valueOf.call(boxed);
  return refuseLoss(types.isBigIntObject(boxed) ? 'a bigint' : 'a symbol', name, parent);
}

/** Assigned, it would be the prototype. */
function defineField(fields: object, field: string, value: unknown): void {
  Object.defineProperty(fields, field, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Refuses an object that is within itself. */
function enter(object: object, name: string | number, parent: Place | undefined): Place {
  const depth = parent === undefined ? 0 : parent.depth + 1;
  const above = depth > DEEP ? (parent?.above ?? allAbove(parent)) : undefined;
  if (above === undefined ? isAbove(object, parent) : above.has(object)) {
    refuseLoss('an object that it is a part of', name, parent);
  }
  above?.add(object);
  return { object, name, parent, depth, above };
}

/** Done with it: beside here it may stand again. */
function leave({ object, above }: Place): void {
  above?.delete(object);
}

function isAbove(object: object, parent: Place | undefined): boolean {
  for (let place = parent; place !== undefined; place = place.parent) {
    if (place.object === object) return true;
  }
  return false;
}

function allAbove(parent: Place | undefined): Set<object> {
  const above = new Set<object>();
  for (let place = parent; place !== undefined; place = place.parent) above.add(place.object);
  return above;
}
