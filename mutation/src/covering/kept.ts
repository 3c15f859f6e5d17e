import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { rules } from '@idem/contract-tests';
import type { Covered } from '../child/messages.ts';
import type { Replaced } from '../child-process.ts';
import { digest } from '../digest.ts';

/** What the contract made of a store without a mistake. */
export interface Sound {
  /** Milliseconds that each rule took. */
  readonly times: Readonly<Record<string, number>>;
  /** Milliseconds, the longest that it gave no sign of life. */
  readonly silence: number;
  /** Undefined for a target whose code says nothing. */
  readonly covered: Covered | undefined;
}

/** With one harness after the other. */
export type SoundBy = Readonly<Record<string, Sound>>;

interface Kept {
  readonly of: string;
  readonly sound: SoundBy;
}

/** What an earlier run has seen, where the sources and the rules are the same. */
export async function readSound(
  target: string,
  texts: ReadonlyMap<string, string>,
  replaced: readonly Replaced[],
): Promise<SoundBy> {
  const text = await readFile(pathOf(target), 'utf8').catch(() => '{}');
  const { of, sound = {} }: Partial<Kept> = JSON.parse(text);
  return of === digestOf(texts, replaced) ? sound : {};
}

export async function writeSound(
  target: string,
  texts: ReadonlyMap<string, string>,
  replaced: readonly Replaced[],
  sound: SoundBy,
): Promise<void> {
  const kept: Kept = { of: digestOf(texts, replaced), sound };
  await mkdir(new URL('.', pathOf(target)), { recursive: true });
  await writeFile(pathOf(target), JSON.stringify(kept));
}

function pathOf(target: string): URL {
  return new URL(`../../.results/${target}.sound.json`, import.meta.url);
}

/** Of what a rule does in its own steps; what it shares with others is not looked at. */
function digestOf(texts: ReadonlyMap<string, string>, replaced: readonly Replaced[]): string {
  const checks = rules.map((rule) => [
    rule.id,
    rule.grade === 'untested' ? '' : String(rule.check),
  ]);
  return digest([[...texts], replaced, checks]);
}
