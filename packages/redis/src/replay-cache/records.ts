/** What a replay needs of a completed record. */
export interface CachedRecord {
  readonly value: Uint8Array;
  readonly fingerprint: string | null;
  /** In milliseconds since the epoch, by the server's clock. */
  readonly ends: number;
}

interface Kept extends CachedRecord {
  readonly bytes: number;
  isUsed: boolean;
}

/** About what an entry takes beside its bytes and characters: measured, with what the allocator adds. */
const ENTRY = 400;

/** Records up to a number of bytes, and of entries. What was not asked for goes first. */
export class Records {
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(maxBytes: number, maxEntries: number) {
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
  }

  get(key: string): CachedRecord | undefined {
    const found = this.#kept.get(key);
    if (found !== undefined) found.isUsed = true;
    return found;
  }

  /** Copies the value, and the key: one that was cut out of a long text would hold all of it. */
  put(key: string, { value, fingerprint, ends }: CachedRecord): void {
    this.delete(key);
    const characters = key.length + (fingerprint?.length ?? 0);
    const bytes = ENTRY + 2 * characters + value.byteLength;
    if (bytes > this.#maxBytes) return;
    const own = Buffer.from(key).toString();
    this.#kept.set(own, { value: new Uint8Array(value), fingerprint, ends, bytes, isUsed: false });
    this.#bytes += bytes;
    this.#evict();
  }

  delete(key: string): void {
    const found = this.#kept.get(key);
    if (found === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= found.bytes;
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  /** From the oldest on; one that was asked for goes to the end, once for as often as that was. */
  #evict(): void {
    for (const [key, record] of this.#kept) {
      if (this.#bytes <= this.#maxBytes && this.#kept.size <= this.#maxEntries) return;
      this.#kept.delete(key);
      if (record.isUsed) {
        record.isUsed = false;
        this.#kept.set(key, record);
      } else this.#bytes -= record.bytes;
    }
  }
}
