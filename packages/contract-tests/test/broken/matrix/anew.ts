import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { idOf, type Move } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

const ASKING: readonly Move[] = [
  ...(['find', 'exists', 'inspect', 'claim', 'claim again', 'renew', 'complete again'] as const),
];
const READING: readonly Move[] = ['find', 'exists', 'inspect'];

/** Answers what it answered last, of that move and key. */
function remembering(move: Move): typeof TracedStore {
  return class extends TracedStore {
    readonly #last = new Map<string, unknown>();
    protected override as<T>(current: Move, work: () => T, key: string): T {
      // What was acquired by the caller's own token may be another move the next time.
      const known = this.#last.get(key);
      if (current.startsWith(move.replace(' again', '')) && known !== undefined) return known as T;
      const answer = super.as(current, work, key);
      if (current === move) this.#last.set(key, answer);
      return answer;
    }
  };
}

/** Lets a question join one that is under way for the same key. */
function joining(move: Move, milliseconds = 0): typeof TracedStore {
  return class extends TracedStore {
    readonly #underWay = new Map<string, unknown>();
    protected override as<T>(current: Move, work: () => T, key: string): T {
      if (current !== move) return super.as(current, work, key);
      const known = this.#underWay.get(key);
      if (known !== undefined) return known as T;
      const answer = super.as(current, work, key);
      if (!(answer instanceof Promise)) return answer;
      // The answer takes a moment to come back.
      const back = answer.then((value: unknown) =>
        milliseconds === 0 ? setImmediate(value) : sleep(milliseconds, value),
      );
      this.#underWay.set(key, back);
      back.finally(() => this.#underWay.delete(key));
      return back as T;
    }
  };
}

const ACTING: readonly Move[] = ['store', 'remove', 'claim', 'release', 'complete'];
const COUNTING: readonly Move[] = ['store', 'claim again', 'renew'];

/** Answers from memory, or by a question of somebody else, in one move each. */
export const anewMatrix: readonly BrokenStore[] = [
  ...ASKING.map((move) =>
    broken(
      `remembered-answer-of-${idOf(move)}`,
      `Answers ${move} as it did the last time.`,
      { [`concurrency.anew-in-${idOf(move)}`]: /right after what changes its answer.*: expected/ },
      remembering(move),
    ),
  ),
  ...READING.map((move) =>
    broken(
      `joined-${idOf(move)}`,
      `Lets ${move} join one of the same key that is under way.`,
      { [`concurrency.anew-in-${idOf(move)}`]: /right after what changes its answer.*: expected/ },
      joining(move),
    ),
  ),
  ...COUNTING.map((move) =>
    broken(
      `joined-${idOf(move)}`,
      `Lets ${move} join the same that is under way for the key.`,
      { [`concurrency.counts-anew-in-${idOf(move)}`]: /asked last: expected 900000 ms from then/ },
      joining(move),
    ),
  ),
  ...ACTING.map((move) =>
    broken(
      `joined-again-${idOf(move)}`,
      `Lets ${move} join the same that is under way for the key, whose answer takes a while.`,
      { [`concurrency.acts-anew-in-${idOf(move)}`]: /the key after \w+, asked again: expected/ },
      joining(move, 2),
    ),
  ),
];
