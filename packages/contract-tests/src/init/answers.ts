import { isBuiltin } from 'node:module';
import { UsageError } from '../cli/usage-error.ts';

/** What a new adapter is called, and what it speaks to its backend with. */
export interface Answers {
  /** The package's name. */
  readonly name: string;
  /** The driver's package; undefined where the adapter needs none. */
  readonly driver: string | undefined;
}

export interface Given {
  readonly name: string | undefined;
  readonly driver: string | undefined;
}

/** Asks for what was not given. Throws a `UsageError` for a name that npm would not take. */
export async function answersTo(
  given: Given,
  ask: (question: string) => Promise<string>,
): Promise<Answers> {
  const name = given.name ?? (await ask('Name of the package (idem-store-…): '));
  // Checked before the next question: an answer that is refused later was asked for in vain.
  const checked = newName(name.trim());
  const driver = given.driver ?? (await ask('Package of the driver (pg, mongodb, …), or none: '));
  return { name: checked, driver: driverOf(driver.trim(), checked) };
}

/** What the new package depends on without being asked. */
const OWN = ['@idem/core', '@idem/contract-tests', '@biomejs/biome', '@types/node', 'typescript'];

function driverOf(driver: string, name: string): string | undefined {
  // What Node brings itself is imported without being installed.
  if (driver === 'none' || driver === '' || isBuiltin(driver)) return undefined;
  if (driver === name || OWN.includes(driver)) {
    throw new UsageError(
      `--driver is what reaches the backend, or none; ${driver} is there already.`,
    );
  }
  return packageName('--driver', driver);
}

/** As npm lets nobody call a new package: https://github.com/npm/validate-npm-package-name */
const TAKEN = ['node_modules', 'favicon.ico'];

function newName(name: string): string {
  if (!TAKEN.includes(name) && !isBuiltin(name)) return packageName('--name', name);
  throw new UsageError(`--name must be another than ${name}, which npm takes for no new package.`);
}

/** As npm takes it: https://docs.npmjs.com/cli/configuring-npm/package-json#name */
const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const LONGEST = 214;

function packageName(option: string, name: string): string {
  if (NAME.test(name) && name.length <= LONGEST) return name;
  throw new UsageError(
    `${option} must be the name of an npm package, such as idem-store-mongo; it was ${JSON.stringify(name)}.`,
  );
}

/** The class of a store in this package: `SqliteStore` in `idem-store-sqlite`, `MongoStore` in `@me/idem-mongo`. */
export function className(name: string): string {
  const words = name
    .replace(/^@[^/]*\//, '')
    .split(/[^a-z0-9]+/i)
    .filter((word) => !['', 'idem', 'store'].includes(word));
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  // The one that it extends has a name too.
  const own = /^[A-Z]/.test(joined) && joined !== 'Abstract';
  return own ? `${joined}Store` : `Idem${joined}Store`;
}
