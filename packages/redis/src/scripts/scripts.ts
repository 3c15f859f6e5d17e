import { type Script, script } from './script.ts';
import { type ScriptName, TEXTS } from './texts.ts';

/** The script of each operation, and one that proves what a connection was told. */
export type Scripts = Readonly<Record<ScriptName, Script>>;

/** The options of a store that change its scripts. */
export interface ScriptOptions {
  readonly wakeUp: boolean;
  readonly replicas: boolean;
  readonly timeInScripts: boolean;
  readonly replayCache: boolean;
}

/** A line that is only for stores with an option, or only for those without it. */
const ONLY = /^(.*) -- only (with|without) (wakeUp|replicas|timeInScripts|replayCache)\n/gm;

export function scriptsFor(options: ScriptOptions): Scripts {
  const chosen = (_: string, line: string, only: string, option: keyof ScriptOptions): string =>
    options[option] === (only === 'with') ? `${line}\n` : '';
  const made = (name: ScriptName): Script => script(TEXTS[name].replace(ONLY, chosen));
  return {
    find: made('find'),
    exists: made('exists'),
    store: made('store'),
    remove: made('remove'),
    claim: made('claim'),
    complete: made('complete'),
    release: made('release'),
    renew: made('renew'),
    inspect: made('inspect'),
    probe: made('probe'),
  };
}
