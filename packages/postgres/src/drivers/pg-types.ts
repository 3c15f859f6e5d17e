const BOOL = 16;
const BYTEA = 17;
const INT4 = 23;

/**
 * How our own results are read, whatever parsers the application has set (`pg.types.setTypeParser`).
 * What is not here stays text.
 */
export const types: {
  getTypeParser(oid: number): (text: string) => unknown;
} = {
  getTypeParser: (oid) => parsers.get(oid) ?? asText,
};

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<
  number,
  (text: string) => unknown
>([
  [BOOL, (text) => text === 't'],
  [BYTEA, bytes],
  [INT4, Number],
]);

function asText(text: string): string {
  return text;
}

/** `bytea` in either of its forms (PostgreSQL, "Binary Data Types"): a session may have bytea_output = escape. */
function bytes(text: string): Buffer {
  if (text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex');
  const plain = text.replace(/\\(\\|[0-3][0-7]{2})/g, (_, escaped: string) =>
    escaped === '\\' ? '\\' : String.fromCharCode(Number.parseInt(escaped, 8)),
  );
  return Buffer.from(plain, 'latin1');
}
