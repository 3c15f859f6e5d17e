import { Chance } from './chance.ts';
import { Checks } from './checks/checks.ts';
import { Database } from './store/database.ts';
import { drawStory } from './story/draw.ts';
import { type Core, Host } from './story/host.ts';
import type { Story } from './story/story.ts';
import { byTime, type Failure, type Order, World } from './world/world.ts';

/** How a run ended. */
export interface Outcome {
  readonly failure: Failure | undefined;
  readonly trace: string;
}

/** One run: everything in it follows from the seed. */
export function simulateSeed(core: Core, seed: number, traced = false): Promise<Outcome> {
  const chance = Chance.fromSeed(seed);
  return play(core, drawStory(chance), chance, byTime, traced);
}

/** Plays a story to its end, or to the first rule that is broken. */
export async function play(
  core: Core,
  story: Story,
  chance: Chance,
  order: Order,
  traced: boolean,
): Promise<Outcome> {
  const world = new World(chance, order, traced);
  const database = new Database(() => world.now);
  const checks = new Checks(world, database, story);
  const hosts = story.hosts.map((name) => new Host(name, world, core, story, database, checks));
  plan(world, story, hosts, database);
  const unhandled = (reason: unknown): void => {
    world.fail('nothing is unhandled', String(reason));
  };
  process.on('unhandledRejection', unhandled);
  process.on('uncaughtException', unhandled);
  try {
    await world.run();
  } finally {
    process.off('unhandledRejection', unhandled);
    process.off('uncaughtException', unhandled);
  }
  if (world.failure === undefined) checks.finish(hosts);
  return { failure: world.failure, trace: world.trace.toString() };
}

function plan(world: World, story: Story, hosts: readonly Host[], database: Database): void {
  const host = (name: string): Host => {
    const found = hosts.find((one) => one.name === name);
    if (found === undefined) throw new Error(`The story names no host ${name}.`);
    return found;
  };
  const outside = (at: number, what: string, run: () => void): void => {
    world.schedule({ at, owner: undefined, kind: 'plan', what, run });
  };
  for (const call of story.calls) {
    const owner = host(call.host);
    const run = () => owner.call(call);
    world.schedule({ at: call.at, owner, kind: 'plan', what: call.id, run });
  }
  for (const { host: name, at, for: duration } of story.stalls) {
    outside(at, 'stall', () => host(name).process.stall(duration));
  }
  for (const { key, at } of story.removals) {
    const remove = (): void => {
      world.say('store', () => `an operator removes ${key}`);
      database.remove(key);
    };
    outside(at, 'removal', () => database.whenFree(key, undefined, remove));
  }
  for (const { host: name, at, down } of story.crashes) {
    outside(at, 'crash', () => host(name).process.crash());
    outside(at + down, 'restart', () => host(name).restart());
  }
}
