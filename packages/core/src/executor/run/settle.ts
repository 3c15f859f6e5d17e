import type { Call } from './call.ts';
import type { Settlement } from './outcome.ts';
import { Room } from './room.ts';

/** Settles the call in the room of its key, and calls one of the two back, once. */
export function settle(
  rooms: Map<string, Room>,
  call: Call,
  settled: (settlement: Settlement) => void,
  failed: (error: unknown) => void,
): void {
  const room = Room.of(rooms, call);
  room.enter();
  const fail = (error: unknown): void => {
    room.leave();
    failed(error);
  };
  const stay = (): void => void room.settle(call).then(take, fail);
  const take = (settlement: Settlement | undefined): void => {
    if (settlement === undefined) {
      // A turn later, when all who waited for the same are back: they ask together.
      queueMicrotask(stay);
      return;
    }
    room.leave();
    settled(settlement);
  };
  // Mostly nobody else is there: then nothing is waited for but the store and the function.
  if (room.isQuiet) room.lead(call, take, fail);
  else stay();
}
