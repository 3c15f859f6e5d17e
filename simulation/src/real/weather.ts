import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../chance.ts';
import type { Counts } from './counts.ts';
import type { Host } from './host.ts';

/** What goes wrong next, somewhere. */
type Fault = 'lost reply' | 'cut' | 'held back' | 'stopped' | 'busy' | 'killed';

/** Lets things go wrong, one after the other and several at a time, until it is aborted. */
export async function weather(
  hosts: readonly [Host, ...Host[]],
  every: number,
  chance: Chance,
  counts: Counts,
  over: AbortSignal,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const troubled = new Set<Host>();
  while (!over.aborted) {
    await sleep(chance.between(every / 10, every));
    const host = chance.oneOf(...hosts);
    const fault = drawFault(chance);
    if (over.aborted || host.process === undefined || troubled.has(host)) continue;
    // One at a time at a host, so that what ends one trouble ends no other.
    troubled.add(host);
    const trouble = befall(host, fault, chance, counts).finally(() => {
      troubled.delete(host);
      underWay.delete(trouble);
    });
    underWay.add(trouble);
  }
  await Promise.all(underWay);
}

function drawFault(chance: Chance): Fault {
  return chance.oneOf(
    ...(['lost reply', 'lost reply', 'lost reply', 'lost reply', 'lost reply'] as const),
    ...(['cut', 'cut', 'held back', 'held back', 'stopped', 'stopped', 'busy', 'killed'] as const),
  );
}

async function befall(host: Host, fault: Fault, chance: Chance, counts: Counts): Promise<void> {
  const { proxy } = host;
  switch (fault) {
    case 'lost reply':
      counts.lostReplies += 1;
      proxy.loseNextReply();
      return;
    case 'cut':
      counts.cuts += 1;
      proxy.cut();
      await sleep(chance.oneOf(0, 50, 300, 1_000));
      proxy.restore();
      return;
    case 'held back':
      counts.heldBack += 1;
      proxy.stall();
      await sleep(chance.oneOf(50, 300, 700, 1_500));
      proxy.resume();
      return;
    case 'stopped':
      counts.stalls += 1;
      host.stop();
      await sleep(chance.oneOf(100, 400, 800, 1_500));
      host.resume();
      return;
    case 'busy': {
      counts.stalls += 1;
      const duration = chance.oneOf(100, 400, 800, 1_500);
      host.block(duration);
      await sleep(duration);
      return;
    }
    case 'killed':
      counts.kills += 1;
      await host.kill();
      await sleep(chance.oneOf(0, 300));
      await host.restart();
  }
}
