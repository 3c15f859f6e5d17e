import type { HeaderChoice } from '../options.ts';
import { type HeaderField, valuesOf } from './answer.ts';

/** These frame the message on this one connection (RFC 9110, section 7.6.1). Replays get their own. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** These are for one caller, or about one request. */
const PERSONAL: ReadonlySet<string> = new Set([
  'set-cookie',
  'set-cookie2',
  'authorization',
  'authentication-info',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'www-authenticate',
  'age',
  'alt-svc',
  'cf-ray',
  'clear-site-data',
  'date',
  'nel',
  'report-to',
  'request-id',
  'server',
  'server-timing',
  'traceparent',
  'traceresponse',
  'tracestate',
  'via',
  'x-amzn-trace-id',
  'x-correlation-id',
  'x-powered-by',
  'x-request-id',
  'x-response-time',
]);

/** Who may read the answer, and how often they may still ask, is said anew each time. */
const PERSONAL_PREFIXES = ['access-control-', 'ratelimit', 'x-ratelimit-', 'x-rate-limit-'];

/** What becomes of a field of this name. */
type Rule = 'length' | 'never' | 'always' | 'when-new';

/** Names for which the rule is kept ready; a handler may make up as many as it likes. */
const MOST_RULES = 1_000;

/** Which of an answer's header fields go into its record. */
export class RecordedHeaders {
  readonly #keep: ReadonlySet<string>;
  readonly #drop: ReadonlySet<string>;
  readonly #rules = new Map<string, Rule>();

  /** @param own the names of the fields that the middleware itself sets */
  constructor({ keep = [], drop = [] }: HeaderChoice, own: readonly string[]) {
    this.#keep = lowerCase(keep);
    this.#drop = lowerCase([...drop, ...own]);
  }

  /**
   * @param before what an earlier middleware had set when the handler was called: it does so again
   * @param bodiless the length that is said is not that of the body, as for HEAD and 304
   */
  select(
    fields: readonly HeaderField[],
    before: ReadonlyMap<string, unknown>,
    bodiless: boolean,
  ): readonly HeaderField[] {
    const named = namedByConnection(fields);
    const selected: HeaderField[] = [];
    for (const field of fields) {
      const [name, value] = field;
      const rule = this.#rules.get(name) ?? this.#find(name);
      const isKept =
        rule === 'length'
          ? bodiless
          : rule !== 'never' &&
            !named.has(name) &&
            (rule === 'always' || !before.has(name) || !same(before.get(name), value));
      if (isKept) selected.push(field);
    }
    return selected;
  }

  #find(name: string): Rule {
    const rule = this.#ruleOf(name);
    if (this.#rules.size >= MOST_RULES) this.#rules.clear();
    this.#rules.set(name, rule);
    return rule;
  }

  #ruleOf(name: string): Rule {
    if (name === 'content-length') return 'length';
    if (FRAMING.has(name) || this.#drop.has(name)) return 'never';
    if (this.#keep.has(name)) return 'always';
    const isPersonal =
      PERSONAL.has(name) || PERSONAL_PREFIXES.some((prefix) => name.startsWith(prefix));
    return isPersonal ? 'never' : 'when-new';
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The fields that `Connection` names are for this connection too. */
function namedByConnection(fields: readonly HeaderField[]): ReadonlySet<string> {
  const field = fields.find(([name]) => name === 'connection');
  if (field === undefined) return NONE;
  const names = valuesOf(field).flatMap((value) => value.split(','));
  return lowerCase(names.map((name) => name.trim()));
}

function same(before: unknown, value: string | readonly string[]): boolean {
  return String(before) === String(value);
}

function lowerCase(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
