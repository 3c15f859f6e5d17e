import { byKey, type Recorded } from '@idem/contract-tests/linearizability';
import type { Line } from './log.ts';

/** When something was wrong on the way to the server or with it, by the monotonic clock. */
export interface Disturbance {
  readonly kind: string;
  /** What the clients' names begin with that it befell; all of them where it is left out. */
  readonly clients?: string;
  /** True when what was on its way was held up, and arrives when it is over; else it is lost, or not touched. */
  readonly holds: boolean;
  /** How many processes, connections or replies it met; left out while it lasts. */
  readonly struck?: number;
  readonly from: number;
  readonly to: number;
}

export interface Circumstances {
  /** Milliseconds after which a client gives an operation up. */
  readonly timeout: number;
  /** What is under way when a disturbance ends arrives within so many milliseconds. */
  readonly grace: number;
  /** How far a client's mark may be from the server's clock, in milliseconds. */
  readonly tolerance: number;
  readonly disturbances: readonly Disturbance[];
  /** An adapter that has lost an answer waits for so many milliseconds at least before it sends again. */
  readonly repeatsAfter: number;
  /** True where an inspection does not wait for a write that is under way. */
  readonly looksPastWriters?: boolean;
}

type Begun = Extract<Line, { readonly kind: 'begun' }>;
type Ended = Extract<Line, { readonly kind: 'ended' }>;

/**
 * What an adapter that has lost an answer sends again, and what then may take effect more than once; or
 * once, unheard, and be refused when it comes again: who released a key is remembered until its next claim.
 */
const REPEATED = new Set(['claim', 'complete', 'renew', 'release', 'store', 'remove']);

/**
 * The history that the clients wrote down. An operation without an answer may have taken effect until
 * nothing of it can be on its way any more, or never. One that was answered in a disturbance may have
 * been sent more than once, and what was sent before may have taken effect as well.
 */
export function historyOf(lines: readonly Line[], circumstances: Circumstances): Recorded[] {
  const ends = new Map(
    lines.flatMap((line) => (line.kind === 'ended' ? [[line.id, line] as const] : [])),
  );
  const history = lines.flatMap((line) =>
    line.kind === 'begun' ? recordedOf(line, ends.get(line.id), circumstances) : [],
  );
  return circumstances.looksPastWriters === true ? withoutDoubtfulLapses(history) : history;
}

/**
 * Without the inspections that tell of a claim that has lapsed while another call was under way. What
 * that one writes was judged when it had the row, and is seen when it is committed: an inspection
 * between the two, of a server that lets readers pass, finds a lease over that was ended in time.
 */
function withoutDoubtfulLapses(history: readonly Recorded[]): Recorded[] {
  const keys = byKey(history);
  return history.filter((inspection) => {
    const { answer, operation, invoked, returned } = inspection;
    if (answer?.kind !== 'inspected' || answer.inspection.state !== 'vacant') return true;
    if (!answer.inspection.takeover) return true;
    const others = keys.get(operation.key) ?? [];
    return !others.some(
      (other) =>
        WRITES.has(other.operation.name) && other.invoked <= returned && other.returned >= invoked,
    );
  });
}

const WRITES = new Set(['complete', 'renew', 'release', 'remove', 'claim']);

function recordedOf(begun: Begun, ended: Ended | undefined, around: Circumstances): Recorded[] {
  const { client, operation, invoked, mark } = begun;
  const from = mark - around.tolerance;
  const unanswered = (last: number): Recorded => {
    const returned = settled(client, last, around);
    const at = { from, to: mark + (returned - invoked) + around.tolerance };
    return { client, operation, answer: null, invoked, returned, at };
  };
  if (ended === undefined || ended.answer.kind === 'rejected') {
    const lost = unanswered(invoked + around.timeout);
    return REPEATED.has(operation.name) && isDisturbed(lost, around) ? [lost, { ...lost }] : [lost];
  }
  const { answer, returned } = ended;
  const at = { from, to: ended.mark + around.tolerance };
  const recorded = { client, operation, answer, invoked, returned, at };
  const isRepeated = REPEATED.has(operation.name) && returned - invoked >= around.repeatsAfter;
  if (!isRepeated || !isDisturbed(recorded, around)) return [recorded];
  const sentBefore = unanswered(returned);
  return [recorded, sentBefore, { ...sentBefore }];
}

function isDisturbed(
  { client, invoked, returned }: Recorded,
  { disturbances }: Circumstances,
): boolean {
  return disturbances.some(
    ({ clients = '', from, to }) => from <= returned && to >= invoked && client.startsWith(clients),
  );
}

/** When nothing that was sent by then is on its way any more; a disturbance that cuts and kills makes nothing later. */
function settled(client: string, last: number, { grace, disturbances }: Circumstances): number {
  let end = last + grace;
  for (const { clients = '', holds, from, to } of disturbances) {
    if (holds && client.startsWith(clients) && from <= end && to + grace > end) end = to + grace;
  }
  return end;
}
