/**
 * `published <folder>`: our verdict on histories that others published, beside theirs. The folder is a
 * checkout of github.com/anishathalye/porcupine (its tests say which history is right) or of
 * github.com/jepsen-io/knossos (its folders do), found by what is in it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  judgeJepsenLog,
  judgeKeyValueLog,
  judgeKnossosMutex,
  judgeKnossosRegister,
  type Verdict,
} from './judge.ts';

interface Published {
  readonly file: string;
  readonly isRight: boolean;
  readonly judge: (text: string) => Verdict;
}

const folder = process.argv[2] ?? process.env['IDEM_PUBLISHED_HISTORIES'] ?? '';
const published = [...porcupine(), ...knossos()];
if (published.length === 0) {
  console.error(`There are no histories that are known here under “${folder}”.`);
  console.error('Name a checkout of anishathalye/porcupine or jepsen-io/knossos.');
  process.exit(2);
}

let [agreed, operations] = [0, 0];
for (const { file, isRight, judge } of published) {
  const verdict = judge(readFileSync(file, 'utf8'));
  operations += verdict.operations;
  const expected = isRight ? 'explained' : 'inexplicable';
  // Of a file that says nothing, any verdict is one of chance.
  if (verdict.outcome === expected && verdict.operations > 0) agreed += 1;
  else
    console.log(
      `${file}: ${verdict.outcome} (${verdict.operations} operations), where ${expected} is published`,
    );
}
const { user, system } = process.cpuUsage();
const seconds = ((user + system) / 1e6).toFixed(1);
console.log(
  `${agreed} of ${published.length} verdicts agree; ${operations} operations, ${seconds} s of processor time`,
);
process.exitCode = agreed === published.length ? 0 : 1;

function porcupine(): Published[] {
  const tests = join(folder, 'porcupine_test.go');
  if (!existsSync(tests)) return [];
  const text = readFileSync(tests, 'utf8');
  const logs = [...text.matchAll(/checkJepsen\(t, (\d+), (true|false)\)/g)].map(
    ([, number = '', right]) => ({
      file: join(folder, `test_data/jepsen/etcd_${number.padStart(3, '0')}.log`),
      isRight: right === 'true',
      judge: judgeJepsenLog,
    }),
  );
  const maps = [...text.matchAll(/checkKv\w*\(t, "([^"]+)", (true|false)/g)].map(
    ([, name, right]) => ({
      file: join(folder, `test_data/kv/${name}.txt`),
      isRight: right === 'true',
      judge: judgeKeyValueLog,
    }),
  );
  return [...logs, ...new Map(maps.map((map) => [map.file, map])).values()];
}

function knossos(): Published[] {
  return [
    ...knossosOf('cas-register', judgeKnossosRegister),
    ...knossosOf('mutex', judgeKnossosMutex),
  ];
}

function knossosOf(object: string, judge: (text: string) => Verdict): Published[] {
  return ['good', 'bad'].flatMap((kind) => {
    const path = join(folder, 'data', object, kind);
    if (!existsSync(path)) return [];
    const files = readdirSync(path).filter((name) => name.endsWith('.edn'));
    return files.map((name) => ({ file: join(path, name), isRight: kind === 'good', judge }));
  });
}
