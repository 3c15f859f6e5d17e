import type { RunContext } from '@idem/core';

export interface Order {
  readonly id: string;
  /** Cents. */
  readonly amount: number;
}

/** Throws a SyntaxError for what is no order: no repetition makes one of it. */
export function readOrder(text: string): Order {
  const { id, amount } = Object(JSON.parse(text));
  if (/^[\w-]{1,64}$/.test(id) && Number.isSafeInteger(amount)) return { id, amount };
  throw new SyntaxError('This is no order.');
}

export interface Receipt {
  readonly receipt: string;
}

/** A card processor: it charges whatever it is asked to, and can be asked what it has charged. */
export interface Bank {
  charge(reference: string, amount: number, fence: number): Promise<Receipt>;
  find(reference: string): Promise<Receipt | undefined>;
}

/** What every recipe here does once per key: charge a card. */
export function pay(bank: Bank, amount: number) {
  return async ({ key, fence, takeover }: RunContext): Promise<Receipt> => {
    // Somebody began and did not end, and may have charged: look first.
    const earlier = takeover ? await bank.find(key) : undefined;
    return earlier ?? (await bank.charge(key, amount, fence));
  };
}
