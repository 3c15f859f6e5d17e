import * as sqs from '@aws-sdk/client-sqs';
import { type Idempotency, isIdempotencyError } from '@idem/core';
import { type Bank, pay, readOrder } from './pay.ts';

/** Charges each order of an SQS queue once, until the signal ends it. */
export async function consume(
  client: sqs.SQSClient,
  QueueUrl: string,
  idempotency: Idempotency,
  bank: Bank,
  abortSignal: AbortSignal,
): Promise<void> {
  while (!abortSignal.aborted) {
    const receive = new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await client.send(receive, { abortSignal });
    await Promise.all(Messages.map(handle));
  }

  async function handle({ Body = '', ReceiptHandle }: sqs.Message): Promise<void> {
    try {
      const { id, amount } = readOrder(Body);
      // Not MessageId: it differs when the sender, unsure whether it had sent, sends again.
      await idempotency.run(id, pay(bank, amount), {
        scope: ['sqs', 'orders'],
        fingerprint: JSON.stringify([id, amount]),
      });
      await client.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    } catch (error) {
      // Not deleted, so it comes back; the queue's redrive policy takes away what never succeeds.
      if (!isIdempotencyError(error, 'IDEM_IN_PROGRESS')) return console.error(error);
      // Visible again because it took long, or its consumer has died. When the lease ends, one knows.
      const VisibilityTimeout = Math.ceil(error.leaseRemaining / 1000);
      await client.send(
        new sqs.ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
      );
    }
  }
}
