import { styleText } from 'node:util';
import type { Answer, PaymentRequest } from './client.ts';
import type { PaymentServer } from './server.ts';

type Colour = Extract<Parameters<typeof styleText>[0], string>;

/** Prints what happened, a line for each request, and counts the requests. */
export class Timeline {
  /** Requests sent, by idempotency key. */
  readonly requests = new Map<string, number>();
  #sent = 0;

  title(text: string): void {
    console.log(`\n${styleText('bold', text)}`);
  }

  servers(...servers: readonly PaymentServer[]): void {
    for (const { name, url } of servers) console.log(`Server ${name}: ${url}`);
  }

  /** Something that no client sees. */
  note(text: string): void {
    console.log(styleText('dim', `       ${text}`));
  }

  request({ key, order, server }: PaymentRequest, answer: Answer): void {
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1);
    const number = `#${++this.#sent}`.padStart(5);
    const [colour, word, detail] = describe(answer);
    const what = `${key}  ${dollars(order.amount).padStart(7)}  server ${server.name}`;
    console.log(`${number}  ${what}  ${styleText(colour, word.padEnd(16))}  ${detail}`);
  }
}

export function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}

function describe(answer: Answer): [Colour, string, string] {
  if (answer.kind === 'gave up') return ['yellow', 'timed out', 'the client stopped listening'];
  if (answer.kind === 'connection lost') return ['red', 'connection lost', 'the server died'];
  const { status, execution, text } = answer;
  if (execution === null) {
    const word = status === 409 ? 'in progress' : 'refused';
    return [status === 409 ? 'yellow' : 'magenta', word, `${status} ${text}`];
  }
  const receipt = `${status} ${text}`;
  const [word = execution, detail] = execution.split(', ');
  if (detail !== undefined) return ['blue', word, `${receipt}, after the crash: ${detail}`];
  return [word === 'executed' ? 'green' : 'cyan', word, receipt];
}
