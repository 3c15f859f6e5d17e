import { styleText } from 'node:util';
import type { Bank } from './bank.ts';
import { dollars, type Timeline } from './timeline.ts';

/** Prints what the bank charged beside what was asked. False unless every key was charged once. */
export function closeLedger({ requests }: Timeline, { charges }: Bank): boolean {
  console.log(`\n${styleText('bold', 'The ledger')}`);
  for (const [key, count] of requests) {
    const own = charges.filter(({ reference }) => reference === key);
    const amounts = own.map(({ receipt, amount }) => `${receipt} ${dollars(amount)}`).join(', ');
    console.log(
      `       ${key}  ${plural(count, 'request')}, ${plural(own.length, 'charge')}: ${amounts || 'none'}`,
    );
  }
  const sent = [...requests.values()].reduce((sum, count) => sum + count, 0);
  const charged = new Set(charges.map(({ reference }) => reference));
  const right =
    charges.length === requests.size && [...requests.keys()].every((key) => charged.has(key));
  const verdict = right ? 'one per key' : `WRONG: there were ${plural(requests.size, 'key')}`;
  const line = `${plural(sent, 'request')}, ${plural(charges.length, 'charge')}, ${verdict}.`;
  console.log(`\n${styleText(right ? 'green' : 'red', line)}`);
  return right;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
