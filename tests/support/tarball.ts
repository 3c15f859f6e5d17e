import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Unpacks a tarball for as long as `use` takes. */
export async function withUnpacked<T>(
  tarball: string,
  use: (unpacked: Unpacked) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'idem-unpacked-'));
  try {
    const listed = await command('tar', ['-xvzf', tarball], { cwd: folder });
    const paths = listed.split('\n').filter((path) => path !== '' && !path.endsWith('/'));
    const text = (path: string): Promise<string> => readFile(join(folder, 'package', path), 'utf8');
    const manifest: PackedManifest = JSON.parse(await text('package.json'));
    const files = paths.map((path) => path.replace(/^package\//, '')).sort();
    return await use({ manifest, files, text });
  } finally {
    await rm(folder, { recursive: true });
  }
}
