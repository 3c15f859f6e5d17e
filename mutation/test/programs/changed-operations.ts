import { Coverage } from '../../src/covering/coverage.ts';
import { changedOperations } from '../../src/covering/operations.ts';
import { gather } from '../../src/gather.ts';
import { idOf, type Mutant } from '../../src/mutant.ts';
import { targets } from '../../src/targets.ts';

/**
 * Tells whoever started it, of mutants that leave out these texts, which operations they change, and which
 * rules are not put to them.
 */
const LINES = [
  ['inspect', "WHEN State = 'vacant' THEN 'vacant'"],
  ['at-its-moment', 'SET XACT_ABORT ON;'],
  ['table', 'PurgeShard TINYINT NOT NULL,'],
  ['purge', 'SET ROWCOUNT 0;'],
] as const;

/** What rules were seen to call; of one that starts processes it is not known. */
const SEEN = {
  inspects: ['call claim', 'call inspect'],
  renews: ['call claim', 'call renew'],
  finds: ['call find'],
  'of processes': ['call *'],
};

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
const coverage = await Coverage.of(target, texts, mutants);
coverage.saw(target.harness, { rules: SEEN, always: [] });
process.send?.({
  changed: Object.fromEntries(mutants.map((each) => [each.text, changed.get(idOf(each))])),
  without: Object.fromEntries(
    mutants.map((each) => [each.text, coverage.withoutFor(each, target.harness)]),
  ),
});
process.disconnect();
