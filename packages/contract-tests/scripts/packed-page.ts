const REPOSITORY = 'https://github.com/idem-ts/idem';

/** The pages that are packed with the suite, from the root of the repository. */
export const PAGES: readonly string[] = ['docs/contract.md', 'docs/writing-an-adapter.md'];

const LINK = /\]\((?!\w+:|#)([^)#\s]+)((?:#[^)\s]*)?)\)/g;

/**
 * A page of the repository as it is packed: what is packed beside it is linked there, everything
 * else where it stands in the repository; and the versions are those of the packages as packed.
 */
export function packedPage(
  page: string,
  text: string,
  versions: Readonly<Record<string, string>>,
): string {
  const linked = text.replaceAll(LINK, (link, target: string, heading: string) => {
    const path = new URL(target, `file:///${page}`).pathname.slice(1);
    if (PAGES.includes(path)) return link;
    const kind = /\.\w+$/.test(path) ? 'blob' : 'tree';
    return `](${REPOSITORY}/${kind}/main/${path}${heading})`;
  });
  return linked.replaceAll(/"(@idem\/[a-z-]+)": "\^[^"]+"/g, (range, name: string) => {
    const version = versions[name];
    return version === undefined ? range : `"${name}": "^${version}"`;
  });
}
