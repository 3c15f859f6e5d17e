import 'reflect-metadata';
import { IdempotencyModule, Idempotent } from '@idem/http/nest';
import { Body, Controller, Module, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Response } from 'express';
import { accountOf, charge, idempotency, type Payment, type Running } from './service.ts';

@Controller('payments')
class PaymentsController {
  @Post()
  @Idempotent({ required: true })
  async pay(
    @Body() { amount }: { amount: number },
    @Res({ passthrough: true }) response: Response,
  ): Promise<Payment> {
    const payment = await charge(amount);
    response.location(`/payments/${payment.receipt}`);
    return payment;
  }
}

@Module({
  imports: [
    IdempotencyModule.forRoot({
      idempotency,
      principal: (request) => accountOf(request.headers),
    }),
  ],
  controllers: [PaymentsController],
})
class AppModule {}

export async function start(port: number): Promise<Running> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(port, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}
