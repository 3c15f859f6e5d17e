/** Counts records and their bytes against bounds. */
export class Room {
  readonly maxEntries: number;
  readonly maxBytes: number;
  entries = 0;
  bytes = 0;

  constructor(maxEntries: number, maxBytes: number) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  fits(entries: number, bytes: number): boolean {
    return (
      (entries <= 0 || this.entries + entries <= this.maxEntries) &&
      (bytes <= 0 || this.bytes + bytes <= this.maxBytes)
    );
  }

  add(entries: number, bytes: number): void {
    this.entries += entries;
    this.bytes += bytes;
  }

  toString(): string {
    return `${count(this.entries)} of ${count(this.maxEntries)} entries, ${count(this.bytes)} of ${count(this.maxBytes)} bytes`;
  }
}

// Made once: a full store is asked again and again, and says each time how full it is.
const numbers = new Intl.NumberFormat('en-US');

function count(n: number): string {
  return numbers.format(n);
}
