import { gunzipSync } from 'node:zlib';
import { idOf, type Move } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

const MIB = 1024 * 1024;

const LARGE: Readonly<Record<string, (value: Uint8Array) => Uint8Array>> = {
  'cut at 1 MiB': (value) => value.slice(0, MIB),
  'cut at 3 MiB': (value) => value.slice(0, 3 * MIB),
  'cut at 16,777,215 bytes': (value) => value.slice(0, 16 * MIB - 1),
};

const ODD: Readonly<Record<string, (value: Uint8Array) => Uint8Array>> = {
  'without a byte-order mark': (value) => {
    const marked = value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf;
    return marked ? value.slice(3) : value;
  },
  'as text': (value) => new TextEncoder().encode(new TextDecoder().decode(value)),
  'unpacked when it looks packed': (value) => {
    if (value[0] !== 0x1f || value[1] !== 0x8b) return value;
    try {
      return new Uint8Array(gunzipSync(value));
    } catch {
      return new Uint8Array();
    }
  },
  'without zeros at its end': (value) => {
    let end = value.length;
    while (end > 0 && value[end - 1] === 0) end -= 1;
    return value.slice(0, end);
  },
  'as an escaped text': (value) => {
    const text = Buffer.from(value).toString('latin1');
    return text.startsWith('\\x') ? new Uint8Array(Buffer.from(text.slice(2), 'hex')) : value;
  },
};

const INS: readonly Move[] = ['store', 'complete'];
const OUTS: readonly Move[] = ['find', 'claim'];

function changedIn(move: Move, change: (value: Uint8Array) => Uint8Array): typeof TracedStore {
  return class extends TracedStore {
    protected override kept(value: Uint8Array): Uint8Array {
      return this.during(move) ? change(value) : value;
    }
    protected override answer(value: Uint8Array): Uint8Array {
      return super.answer(this.during(move) ? change(value) : value);
    }
  };
}

/** The rules that must find a mistake of a move: its own on the way in, both on the way out. */
function caught(kind: string, move: Move, says: RegExp): Record<string, RegExp> {
  const ins = INS.includes(move) ? [move] : INS;
  return Object.fromEntries(ins.map((by) => [`values.${kind}-by-${by}`, says]));
}

const POOL = new Uint8Array(MIB);

const SHARED: Readonly<Record<string, (value: Uint8Array) => Uint8Array>> = {
  'a Buffer': (value) => Buffer.from(value),
  'what it keeps': (value) => value,
  'a piece of a pool': (value) => {
    POOL.set(value, 16);
    return POOL.subarray(16, 16 + value.length);
  },
};

/** Mistakes with values, on one way in or one way out. */
export const valueMatrixMistakes: readonly BrokenStore[] = [
  ...[...INS, ...OUTS].flatMap((move) => [
    ...Object.entries(LARGE).map(([how, change]) =>
      broken(
        `value-${how.replaceAll(' ', '-')}-in-${idOf(move)}`,
        `Has a value ${how} in ${move}, and whole elsewhere.`,
        caught('large', move, /bytes, by .*: expected as it was/),
        changedIn(move, change),
      ),
    ),
    ...Object.entries(ODD).map(([how, change]) =>
      broken(
        `value-${how.replaceAll(' ', '-')}-in-${idOf(move)}`,
        `Has a value ${how} in ${move}, and as it is elsewhere.`,
        caught('odd', move, /by .*: expected as it was/),
        changedIn(move, change),
      ),
    ),
  ]),
  ...OUTS.flatMap((move) =>
    Object.entries(SHARED).map(([how, give]) =>
      broken(
        `answers-${how.replaceAll(' ', '-')}-in-${idOf(move)}`,
        `Answers ${how} in ${move}, and memory of its own elsewhere.`,
        { [`values.own-from-${move}`]: /a value .*: expected|memories of .*: expected/ },
        class extends TracedStore {
          protected override answer(value: Uint8Array): Uint8Array {
            return this.during(move) ? give(value) : super.answer(value);
          }
        },
      ),
    ),
  ),
];
