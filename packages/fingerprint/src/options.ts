import { checkOptionNames, refuse } from '@idem/core/adapter';
import { type JsonPointer, namesOf } from './pointer.ts';
import { type Selection, selectionOf } from './selection.ts';

export interface FingerprintOptions {
  /**
   * Only these fields, each with all that is in it. One that the request lacks counts as absent; when
   * it lacks all of them, it is refused.
   */
  readonly only?: readonly JsonPointer[];
  /** All but these fields, such as the time of sending; taken away after `only`. */
  readonly except?: readonly JsonPointer[];
}

/** The options, checked. */
export interface Selections {
  readonly only: Selection;
  readonly except: Selection;
}

/** Nothing was chosen: all of it is compared. */
export const WHOLE: Selections = { only: 'whole', except: selectionOf([]) };

const KNOWN: ReadonlySet<string> = new Set<keyof FingerprintOptions>(['only', 'except']);

/** Refuses, with `IDEM_INVALID_OPTIONS`, what are no options: a misspelt one would compare all, or nothing. */
export function checkOptions(options: FingerprintOptions): Selections {
  checkOptionNames(options, KNOWN, 'options of fingerprintOf');
  if (options.only === undefined && options.except === undefined) return WHOLE;
  const { only, except = [] } = options;
  return {
    only: only === undefined ? 'whole' : selectionOf(checkFields(only, 'only', 1)),
    except: selectionOf(checkFields(except, 'except', 0)),
  };
}

function checkFields(
  fields: unknown,
  option: string,
  least: number,
): readonly (readonly string[])[] {
  if (!Array.isArray(fields) || fields.length < least) {
    const what = `a list of fields${least === 0 ? '' : ', one at least'}, such as ["/amount"]`;
    refuse('IDEM_INVALID_OPTIONS', fields, what, `option \`${option}\``);
  }
  // Not map, which passes holes over.
  return Array.from(fields, (field: unknown) => namesOf(field, option));
}
