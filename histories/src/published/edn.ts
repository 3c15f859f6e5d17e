export type Edn =
  | string
  | number
  | boolean
  | null
  | readonly Edn[]
  | { readonly [name: string]: Edn };

const TOKEN = /\s*(?:;[^\n]*\n|#(?=\{)|,)*\s*([()[\]{}]|"(?:\\.|[^"\\])*"|[^\s,()[\]{}";]+)?/gy;

/**
 * Reads EDN (github.com/edn-format/edn) as far as histories use it: vectors, lists, maps, strings,
 * numbers, nil, true, false; keywords and symbols become their text, with the colon.
 */
export function readEdn(text: string): Edn {
  const tokens = tokensOf(text);
  const value = readValue(tokens);
  return value;
}

function* tokensOf(text: string): Generator<string, undefined> {
  TOKEN.lastIndex = 0;
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const [, token] = pattern.exec(text) ?? [];
    if (token !== undefined) yield token;
    else if (pattern.lastIndex <= at) return;
  }
}

function readValue(tokens: Generator<string, undefined>, token = tokens.next().value): Edn {
  switch (token) {
    case undefined:
      throw new SyntaxError('EDN ends before its value does.');
    case '[':
    case '(':
      return readUntil(tokens, token === '[' ? ']' : ')');
    case '{': {
      const flat = readUntil(tokens, '}');
      const map: Record<string, Edn> = {};
      for (let i = 0; i + 1 < flat.length; i += 2) map[String(flat[i])] = flat[i + 1] ?? null;
      return map;
    }
    case 'nil':
      return null;
    case 'true':
    case 'false':
      return token === 'true';
    default:
      if (token.startsWith('"')) return JSON.parse(token);
      return /^[+-]?\d+(\.\d+)?$/.test(token) ? Number(token) : token;
  }
}

function readUntil(tokens: Generator<string, undefined>, end: string): Edn[] {
  const values: Edn[] = [];
  for (;;) {
    const token = tokens.next().value;
    if (token === end) return values;
    values.push(readValue(tokens, token));
  }
}
