/** Where the walk is: the object it is in, and how it came there. */
export interface Place {
  readonly object: object;
  readonly name: string | number;
  readonly parent: Place | undefined;
  readonly depth: number;
  /** Everything from the root to here, where that is too much to go through for every object. */
  readonly above: Set<object> | undefined;
}

/** Throws the TypeError that says what is lost, and where. */
export function refuseLoss(what: string, name: string | number, parent: Place | undefined): never {
  const where = parent === undefined ? `The ${name}` : `The value at ${pathTo(name, parent)}`;
  throw new TypeError(`${where} is ${what}, which JSON cannot say; give it in another form.`);
}

const LONGEST_NAME = 64;
const DEEPEST_PATH = 16;

/** `result.lines[3].price`; of a place that is very deep, its end. */
function pathTo(name: string | number, parent: Place): string {
  let path = step(name);
  let place: Place | undefined = parent;
  for (let depth = 1; place.parent !== undefined; depth++) {
    if (depth === DEEPEST_PATH) return `…${path}`;
    path = step(place.name) + path;
    place = place.parent;
  }
  return `${place.name}${path}`;
}

function step(name: string | number): string {
  if (typeof name === 'number') return `[${name}]`;
  if (/^[A-Za-z_$][\w$]{0,63}$/.test(name)) return `.${name}`;
  const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return `[${JSON.stringify(short)}]`;
}
