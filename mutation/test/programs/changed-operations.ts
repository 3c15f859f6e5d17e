import { changedOperations } from '../../src/covering/operations.ts';
import { gather } from '../../src/gather.ts';
import { idOf, type Mutant } from '../../src/mutant.ts';
import { targets } from '../../src/targets.ts';

/** Tells whoever started it which operations the mutants of some lines change, with each line cut out. */
const LINES = [
  ['inspect', "WHEN State = 'vacant' THEN 'vacant'"],
  ['at-its-moment', 'SET XACT_ABORT ON;'],
  ['table', 'PurgeShard TINYINT NOT NULL,'],
] as const;

const target = targets.find(({ operations }) => operations !== undefined);
if (target?.operations === undefined) throw new Error('no target says what its operations send');
const { texts } = await gather(target);
const mutants = LINES.map(([name, text]): Mutant => {
  const file = [...texts.keys()].find((path) => path.endsWith(`/${name}.ts`)) ?? '';
  const start = texts.get(file)?.indexOf(text) ?? -1;
  if (start < 0) throw new Error(`${file} has no ${text}`);
  const end = start + text.length;
  const place = { file, start, end, line: 1, text, in: '', original: text, nth: 1 };
  return { ...place, replacement: '', mutator: 'line' };
});
const changed = await changedOperations(target.operations, mutants, texts);
process.send?.(Object.fromEntries(mutants.map((each) => [each.text, changed.get(idOf(each))])));
process.disconnect();
