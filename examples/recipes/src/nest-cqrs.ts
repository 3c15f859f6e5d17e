import { Idempotency } from '@idem/core';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Bank, type Order, pay, type Receipt } from './pay.ts';

export class PayOrder extends Command<Receipt> {
  readonly tenant: string;
  readonly order: Order;

  constructor(tenant: string, order: Order) {
    super();
    this.tenant = tenant;
    this.order = order;
  }
}

export const BANK: unique symbol = Symbol('the bank');

/** However often the command is sent, from wherever: one charge, and the same receipt for all. */
@CommandHandler(PayOrder)
export class PayOrderHandler implements ICommandHandler<PayOrder> {
  readonly #idempotency: Idempotency;
  readonly #bank: Bank;

  constructor(@Inject(Idempotency) idempotency: Idempotency, @Inject(BANK) bank: Bank) {
    this.#idempotency = idempotency;
    this.#bank = bank;
  }

  async execute({ tenant, order }: PayOrder): Promise<Receipt> {
    const { value } = await this.#idempotency.run(order.id, pay(this.#bank, order.amount), {
      scope: [tenant, PayOrder.name],
      fingerprint: JSON.stringify([order.id, order.amount]),
      wait: 10_000,
    });
    return value;
  }
}
