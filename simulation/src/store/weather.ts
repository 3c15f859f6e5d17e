import type { Chance } from '../chance.ts';

/** A span of virtual time in which something is wrong. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What becomes of one request. */
export type Fate =
  | 'arrives'
  | 'request lost'
  /** Lost, and its client is never told. */
  | 'vanishes'
  | 'reply lost'
  /** Its client has given up when it takes effect. */
  | 'late'
  /** The adapter had sent it before, and that one takes effect later. */
  | 'twice'
  /** The store answers with an error that may pass. */
  | 'refused'
  /** The store answers with an error that does not pass by itself. */
  | 'failed'
  /** The store is broken: its answer is no answer. */
  | 'nonsense';

/** How bad things get between the processes and the store, and until when. */
export interface Weather {
  /** Of a hundred requests, how many meet a fault. */
  readonly faults: number;
  /** After it nothing goes wrong any more. */
  readonly clearsAt: number;
  /** Milliseconds of one way, at most. */
  readonly slowest: number;
  /** Of one way of a claim, which may be slower. */
  readonly slowestClaim: number;
  readonly down: (Span & { readonly how: Fate }) | undefined;
  /** The first renewal of each process vanishes, and nothing else: no lease may be lost to that. */
  readonly losesRenewal: boolean;
  /** By the name of a host: cut off from the store. */
  readonly partitions: ReadonlyMap<string, Span>;
  readonly broken: boolean;
}

export function fateAt(weather: Weather, chance: Chance, now: number, host: string): Fate {
  const within = (span: Span | undefined) =>
    span !== undefined && span.from <= now && now < span.to;
  if (within(weather.partitions.get(host))) {
    return chance.oneOf('request lost', 'request lost', 'late');
  }
  if (weather.down !== undefined && within(weather.down)) return weather.down.how;
  if (now >= weather.clearsAt || !chance.percent(weather.faults)) return 'arrives';
  if (weather.broken && chance.percent(30)) return 'nonsense';
  return chance.oneOf(
    'request lost',
    'reply lost',
    'reply lost',
    'late',
    'twice',
    'refused',
    'failed',
  );
}
