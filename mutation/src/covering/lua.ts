import type { Mutant } from '../mutant.ts';
import { LUA } from '../mutators/lua.ts';
import { textsIn } from '../mutators/texts.ts';
import type { Instrumented, InstrumentedFile } from './instrumented.ts';

/** A place in a script that says when it is come to. */
interface Point {
  readonly at: number;
  readonly mark: string;
}

/** What opens no statement of its own: it is come to where the line is whose indentation it shares. */
const GOES_ON = /^(?:else|elseif|end)\b/;

/**
 * Redis scripts that say in the server's log which of their lines they come to, and for which key: by
 * the rule that the key names, or by its digest.
 */
export function instrumentLua(files: readonly InstrumentedFile[]): Instrumented {
  const points = new Map<string, readonly Point[]>();
  let count = 0;
  const sources = files.map(({ file, text }) => {
    const found = textsIn(text)
      .filter(({ start, end }) => LUA.test(text.slice(start, end)))
      .flatMap(({ start, end }) => placesIn(text, start, end))
      .map((at) => ({ at, mark: `lua ${count++}` }));
    points.set(file, found);
    return { file, text: withSaying(text, found) };
  });
  const markOf = ({ file, start, text, line }: Mutant): string | undefined => {
    const known = points.get(file);
    const source = files.find((each) => each.file === file)?.text;
    if (known === undefined || source === undefined) return undefined;
    const at = GOES_ON.test(text) ? openingOf(source, line) : start;
    return known.findLast((point) => point.at <= at)?.mark;
  };
  return { sources, markOf };
}

/** Where statements begin: at the first letter of a line, and behind a `then` in the middle of one. */
function placesIn(source: string, start: number, end: number): number[] {
  const text = source.slice(start, end);
  return [...text.matchAll(/(?<=\n *)[a-z][^\n]*/g)].flatMap(({ index, 0: line }) => {
    if (GOES_ON.test(line)) return [];
    const inner = /(?<=\bthen )(?=[a-z])/.exec(line);
    return [start + index, ...(inner === null ? [] : [start + index + inner.index])];
  });
}

/** Where the line begins that opens what the line goes on with. */
function openingOf(source: string, line: number): number {
  const lines = source.split('\n');
  const indentation = /^ */.exec(lines[line - 1] ?? '')?.[0] ?? '';
  const before = lines.slice(0, line - 1);
  const opening = before.findLastIndex((each) => each.startsWith(`${indentation}if `));
  return before.slice(0, opening).join('\n').length + 1 + indentation.length;
}

function withSaying(text: string, points: readonly Point[]): string {
  return points.toReversed().reduce((made, { at, mark }) => {
    const key = "(string.match(KEYS[1], 'contract:[%w_-]*:([%w.-]+):') or redis.sha1hex(KEYS[1]))";
    const says = `redis.log(redis.LOG_WARNING, '@${mark} ' .. ${key}) `;
    return made.slice(0, at) + says + made.slice(at);
  }, text);
}
