import type { Call } from './call.ts';
import type { Fail, Settlement, Take } from './outcome.ts';
import { Room } from './room.ts';

/** Settles the call in the room of its key, and calls one of the two back, once. */
export function settle(
  rooms: Map<string, Room>,
  call: Call,
  settled: (settlement: Settlement) => void,
  failed: Fail,
): void {
  const room = Room.of(rooms, call);
  room.enter();
  const fail: Fail = (error) => {
    room.leave();
    failed(error);
  };
  const stay = (): void => void room.settle(call).then(take, fail);
  const take: Take = (settlement) => {
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
