import type { RunContext } from '@idem/core';
import type { Bank } from './bank.ts';

/** What a client asks for. */
export interface Order {
  readonly item: string;
  /** Cents. */
  readonly amount: number;
}

/** The order in a request's body; undefined where there is none. */
export function readOrder(body: string): Order | undefined {
  try {
    const { item, amount } = Object(JSON.parse(body));
    return typeof item === 'string' && Number.isSafeInteger(amount) ? { item, amount } : undefined;
  } catch {
    return undefined;
  }
}

/** What the first caller and every replay are answered with. */
export interface Payment {
  readonly receipt: string;
  readonly item: string;
  readonly amount: number;
}

/** Where a handler can be made to crash. */
export type Step = 'before the charge' | 'after the charge';

/** How an execution came to its result. */
export type Execution = 'executed' | 're-executed, charged' | 're-executed, found the charge';

export interface PaymentSteps {
  readonly bank: Bank;
  /** Called between the steps; the demo crashes here. */
  reach(step: Step): void;
  /** Told how it went, once it did. */
  report(execution: Execution): void;
}

/** Charges the card for an order. Runs once per idempotency key, unless an earlier run crashed. */
export async function pay(
  order: Order,
  { key, fence, takeover }: RunContext,
  { bank, reach, report }: PaymentSteps,
): Promise<Payment> {
  // An earlier execution neither completed nor failed: it may have charged. Ask before charging.
  const earlier = takeover ? await bank.find(key, fence) : undefined;
  reach('before the charge');
  const charge = earlier ?? (await bank.charge(key, order.amount, fence));
  reach('after the charge');
  if (earlier !== undefined) report('re-executed, found the charge');
  else report(takeover ? 're-executed, charged' : 'executed');
  return { receipt: charge.receipt, item: order.item, amount: charge.amount };
}
