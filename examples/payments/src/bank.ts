import { setTimeout as pause } from 'node:timers/promises';

export interface Charge {
  readonly receipt: string;
  /** What the merchant calls it; here, the idempotency key. */
  readonly reference: string;
  /** Cents. */
  readonly amount: number;
}

/** A bank that has been made slow. */
export interface SlowBank {
  /** Resolves when a request has arrived and is kept waiting. */
  readonly reached: Promise<void>;
  /** Lets it, and all later ones, through. */
  answer(): void;
}

/**
 * The simulated card processor. It charges whatever it is asked to charge, as often as it is asked:
 * it knows no idempotency of its own, so a charge made twice is seen in its ledger.
 */
export class Bank {
  readonly charges: Charge[] = [];
  readonly #highestFence = new Map<string, number>();
  #before: () => Promise<void> = async () => {};

  /** Charges the card. The fence refuses a server that was paused while another took over. */
  async charge(reference: string, amount: number, fence: number): Promise<Charge> {
    await this.#travel();
    this.#admit(reference, fence);
    const charge = { receipt: `R-${this.charges.length + 1}`, reference, amount };
    this.charges.push(charge);
    return charge;
  }

  /** The charge with this reference, for a server that must find out what an earlier one did. */
  async find(reference: string, fence: number): Promise<Charge | undefined> {
    await this.#travel();
    this.#admit(reference, fence);
    return this.charges.find((charge) => charge.reference === reference);
  }

  slowDown(): SlowBank {
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      this.#before = () => {
        resolve();
        return answered;
      };
    });
    return { reached, answer: () => answer() };
  }

  async #travel(): Promise<void> {
    await this.#before();
    await pause(20);
  }

  #admit(reference: string, fence: number): void {
    if (fence < (this.#highestFence.get(reference) ?? 0)) {
      throw new Error(`Another server has taken over ${reference} since.`);
    }
    this.#highestFence.set(reference, fence);
  }
}
