import 'reflect-metadata';
import { Idempotency } from '@idem/core';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { BANK, PayOrder, PayOrderHandler } from '../../src/nest-cqrs.ts';
import type { Order } from '../../src/pay.ts';
import { enter } from '../support/enter.ts';

const { idempotency, bank } = await enter();

@Module({
  imports: [CqrsModule.forRoot()],
  providers: [
    PayOrderHandler,
    { provide: Idempotency, useValue: idempotency },
    { provide: BANK, useValue: bank },
  ],
})
class Payments {}

const app = await NestFactory.createApplicationContext(Payments, { logger: ['error'] });
const commands = app.get(CommandBus);
process.on('message', async ({ tenant, order }: { tenant: string; order: Order }) => {
  const receipt = await commands
    .execute(new PayOrder(tenant, order))
    .catch((error) => String(error));
  process.send?.({ tenant, order, receipt });
});
process.send?.('ready');
