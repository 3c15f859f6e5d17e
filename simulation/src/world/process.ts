import type { Happening, Owner, World } from './world.ts';

interface Timer {
  readonly happening: Happening;
  ref(): Timer;
  unref(): Timer;
}

/** One process from its start to its end: its clock, its timers and its event loop. */
export class Process implements Owner {
  readonly name: string;
  readonly world: World;
  alive = true;
  stalledUntil = 0;
  /** Milliseconds, of all stalls. */
  stalledFor = 0;
  readonly #origin: number;
  readonly #onEnd: (() => void)[] = [];
  #tokens = 0;

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    this.#origin = world.chance.between(0, 100_000);
  }

  now(): number {
    this.world.works();
    return this.world.now + this.#origin;
  }

  /** As in Node.js: whole milliseconds, at least one, and by `now` it may fire a little early or late. */
  setTimeout(fire: () => void, delay: number): Timer {
    const { world } = this;
    const whole = delay >= 1 ? Math.trunc(delay) : 1;
    const late = world.chance.percent(20) ? world.chance.oneOf(-0.6, 1, 4) : 0;
    const happening = world.schedule({
      at: world.now + whole + late,
      owner: this,
      kind: 'timer',
      what: `timer of ${whole} ms`,
      run: fire,
    });
    const timer: Timer = { happening, ref: () => timer, unref: () => timer };
    return timer;
  }

  clearTimeout(timer: object): void {
    if ('happening' in timer) this.world.cancel((timer as Timer).happening);
  }

  random(): number {
    return this.world.chance.below(1_000_000) / 1_000_000;
  }

  createToken(): string {
    this.#tokens += 1;
    return `${this.name}-${this.#tokens}`.padEnd(22, '_');
  }

  /** Something outside of the process takes that long, and then tells it. */
  after(delay: number, what: string, run: () => void): Happening {
    const { world } = this;
    return world.schedule({ at: world.now + delay, owner: this, kind: 'message', what, run });
  }

  /** Nothing of it runs for so long; what it missed is then due at once. */
  stall(duration: number): void {
    this.world.say(this.name, () => `its event loop stalls for ${duration} ms`);
    const from = Math.max(this.stalledUntil, this.world.now);
    this.stalledUntil = Math.max(from, this.world.now + duration);
    this.stalledFor += this.stalledUntil - from;
  }

  crash(): void {
    if (!this.alive) return;
    this.world.say(this.name, () => 'crashes');
    this.alive = false;
    for (const end of this.#onEnd) end();
  }

  onEnd(end: () => void): void {
    this.#onEnd.push(end);
  }
}
