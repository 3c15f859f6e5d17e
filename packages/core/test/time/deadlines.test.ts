import { expect, test } from 'vitest';
import { Deadlines, type Timed } from '../../src/time/deadlines.ts';

/** An item that counts how often its deadline is looked at: work, not time. */
class Counted implements Timed {
  static looks = 0;
  slot = 0;
  #deadline: number;

  constructor(deadline: number) {
    this.#deadline = deadline;
  }

  get deadline(): number {
    Counted.looks++;
    return this.#deadline;
  }

  set deadline(deadline: number) {
    this.#deadline = deadline;
  }
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('the first is the earliest, whatever was added, moved and deleted', () => {
  const random = randomFrom(7);
  const deadlines = new Deadlines<Timed>();
  const items: Timed[] = [];
  for (let step = 0; step < 20_000; step++) {
    const item = items[random(items.length)];
    const choice = random(5);
    if (item === undefined || choice <= 1) {
      const added = { deadline: random(1000), slot: 0 };
      deadlines.add(added);
      items.push(added);
    } else if (choice === 2) {
      deadlines.move(item, random(1000));
    } else {
      deadlines.delete(item);
      items.splice(items.indexOf(item), 1);
    }
    const earliest = items.length === 0 ? undefined : Math.min(...items.map((i) => i.deadline));
    expect(deadlines.first()?.deadline).toBe(earliest);
  }
});

test('with a million items, add, move and delete look at a few deadlines each', () => {
  const million = 1_000_000;
  const random = randomFrom(11);
  const deadlines = new Deadlines<Counted>();
  for (let i = 0; i < million; i++) deadlines.add(new Counted(random(million)));

  const levels = Math.ceil(Math.log2(million));
  const most = 6 * levels;
  const looks = (work: () => void): number => {
    Counted.looks = 0;
    work();
    return Counted.looks;
  };
  for (let i = 0; i < 1000; i++) {
    const item = new Counted(random(million));
    expect(looks(() => deadlines.add(item))).toBeLessThan(most);
    expect(looks(() => deadlines.move(item, random(million)))).toBeLessThan(most);
    expect(looks(() => deadlines.delete(item))).toBeLessThan(most);
    const first = deadlines.first();
    expect(looks(() => first && deadlines.delete(first))).toBeLessThan(most);
  }
});
