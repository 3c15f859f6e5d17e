import { isWhole } from './conclusion.ts';
import { type ConformanceReport, type Count, count } from './conformance-report.ts';
import { printable } from './printable.ts';

/** What a badge says: shields.io's endpoint format (https://shields.io/badges/endpoint-badge). */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  /** Yellow where nothing was broken and less was asked than the contract. */
  readonly color: 'brightgreen' | 'yellow' | 'red';
}

/** The badge of a run. What was skipped or not asked is not counted as kept: it stands in the difference. */
export function badgeOf(report: ConformanceReport): Badge {
  const { contract, conforms, rules, uncaught, notAsked } = report;
  const held = isWhole(report) ? 'brightgreen' : 'yellow';
  return {
    schemaVersion: 1,
    label: `idem contract ${contract}`,
    message: conforms ? kept(count(rules), notAsked) : broken(count(rules), uncaught.length),
    color: conforms ? held : 'red',
  };
}

function kept({ passed, failed, skipped }: Count, notAsked: number): string {
  return `${passed} of ${passed + failed + skipped + notAsked} rules`;
}

function broken({ failed, passed }: Count, uncaught: number): string {
  if (failed + passed + uncaught === 0) return 'no rule tried';
  if (failed === 0) return `${uncaught} uncaught ${uncaught === 1 ? 'error' : 'errors'}`;
  return `${failed} ${failed === 1 ? 'rule' : 'rules'} broken`;
}

/** The badge as JSON, for shields.io to draw from wherever it is published. */
export function shieldsBadge(report: ConformanceReport): string {
  return `${JSON.stringify(badgeOf(report), null, 2)}\n`;
}

const COLORS = { brightgreen: '#2c7a3f', yellow: '#8a6d00', red: '#b3261e' } as const;
/** Pixels of a character of Verdana at 11 pixels, on average; `textLength` makes up for the rest. */
const CHARACTER = 6.6;
const PADDING = 12;

/** The badge as an image that needs no server. */
export function svgBadge(report: ConformanceReport): string {
  const { label, message, color } = badgeOf(report);
  const [left, right] = [widthOf(label), widthOf(message)];
  const width = left + right;
  const title = escaped(`${report.store}: ${label}, ${message}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${title}">
  <title>${title}</title>
  <clipPath id="r"><rect width="${width}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="${left}" height="20" fill="#444"/>
    <rect x="${left}" width="${right}" height="20" fill="${COLORS[color]}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
    <text x="${left / 2}" y="14" textLength="${left - PADDING}">${escaped(label)}</text>
    <text x="${left + right / 2}" y="14" textLength="${right - PADDING}">${escaped(message)}</text>
  </g>
</svg>
`;
}

function widthOf(text: string): number {
  return Math.round(text.length * CHARACTER) + PADDING;
}

function escaped(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
