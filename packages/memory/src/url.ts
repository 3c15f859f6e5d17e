import { refuse } from '@idem/core/adapter';
import type { MemoryBounds } from './options.ts';

const OPTIONS = ['maxEntries', 'maxBytes'] as const;

/** The options in a URL such as `memory:?maxEntries=1000&maxBytes=1000000`. */
export function optionsFromUrl(url: string | URL): MemoryBounds {
  const parsed = URL.parse(String(url));
  if (parsed?.protocol !== 'memory:' || parsed.host !== '' || parsed.pathname !== '') {
    const what = '"memory:", with options only as in "memory:?maxEntries=1000"';
    // The URL of another kind of store may carry a password, so only its scheme is shown.
    refuse('IDEM_INVALID_OPTIONS', parsed?.protocol, what, 'URL of a memory store');
  }
  const options: { -readonly [name in (typeof OPTIONS)[number]]?: number } = {};
  for (const [name, text] of parsed.searchParams) {
    const known = OPTIONS.find((option) => option === name);
    if (known === undefined) {
      refuse('IDEM_INVALID_OPTIONS', name, `among ${OPTIONS.join(', ')}`, 'name of an option');
    }
    if (!/^\d{1,16}$/.test(text)) {
      refuse('IDEM_INVALID_OPTIONS', text, 'a whole number', `option ${known} in the URL`);
    }
    options[known] = Number(text);
  }
  return options;
}
