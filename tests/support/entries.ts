import type { PackedManifest } from './tarball.ts';

/** What a user can import from a package. */
export interface Entry {
  readonly package: string;
  /** `@idem/core/adapter` */
  readonly specifier: string;
  /** Its declarations name those of a peer: a driver or a test runner. */
  readonly needsPeer: boolean;
}

export function entriesOf(manifest: PackedManifest): Entry[] {
  const { name, exports, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const required = Object.keys(peerDependencies).some(
    (peer) => peerDependenciesMeta[peer]?.optional !== true,
  );
  // An optional peer serves the entry that is named after it; where none is, one of them is needed.
  const named = (path: string): boolean => {
    const name = path.replace('./', '');
    // `./nest` serves `@nestjs/common`.
    return Object.keys(peerDependencies).some(
      (peer) => peer === name || peer.startsWith(`@${name}js/`),
    );
  };
  const paths = Object.keys(exports);
  const oneOf = Object.keys(peerDependencies).length > 0 && !paths.some(named);
  return paths.map((path) => {
    const needsPeer = required || oneOf || named(path);
    return { package: name, specifier: name + path.slice(1), needsPeer };
  });
}

/** `ioredis@^6.0.0`, for each peer. */
export function peersOf({ peerDependencies = {} }: PackedManifest): string[] {
  return Object.entries(peerDependencies).map(([peer, range]) => `${peer}@${range}`);
}
