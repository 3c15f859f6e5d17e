import { mkdtemp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { command } from './command.ts';

type Ranges = Readonly<Record<string, string>>;

/** The fields of a published package.json that the tests look at. */
export interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly type?: string;
  readonly license?: string;
  readonly engines?: Ranges;
  readonly scripts?: Ranges;
  readonly bin?: Ranges;
  readonly exports: Readonly<Record<string, Ranges>>;
  readonly dependencies?: Ranges;
  readonly peerDependencies?: Ranges;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly optionalDependencies?: Ranges;
  readonly devDependencies?: Ranges;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly repository?: Readonly<Record<string, string>>;
}

/** A packed package, unpacked. */
export interface Unpacked {
  readonly manifest: PackedManifest;
  /** Paths within the package, sorted. */
  readonly files: readonly string[];
  text(path: string): Promise<string>;
}

const unpackedBefore = new Map<string, Promise<Unpacked>>();

/** What a tarball holds. It is unpacked once, beside it, and goes with it. */
export function unpacked(tarball: string): Promise<Unpacked> {
  const known = unpackedBefore.get(tarball) ?? unpack(tarball);
  unpackedBefore.set(tarball, known);
  return known;
}

async function unpack(tarball: string): Promise<Unpacked> {
  const folder = await mkdtemp(join(dirname(tarball), 'unpacked-'));
  const listed = await command('tar', ['-xvzf', tarball], { cwd: folder });
  const paths = listed.split('\n').filter((path) => path !== '' && !path.endsWith('/'));
  const text = (path: string): Promise<string> => readFile(join(folder, 'package', path), 'utf8');
  const manifest: PackedManifest = JSON.parse(await text('package.json'));
  const files = paths.map((path) => path.replace(/^package\//, '')).sort();
  return { manifest, files, text };
}
