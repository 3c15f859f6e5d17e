import type { Step } from '../payment.ts';
import type { Stage } from '../stage.ts';

export interface Crash {
  readonly title: string;
  readonly step: Step;
  readonly key: string;
  readonly item: string;
  readonly amount: number;
  /** Milliseconds after which a crashed server's key is free again. */
  readonly lease: number;
}

/** A server dies half-way; its client retries on another, which takes over when the lease lapses. */
export async function crash(
  stage: Stage,
  { title, step, key, item, amount, lease }: Crash,
): Promise<void> {
  stage.timeline.title(title);
  const request = { key, order: { item, amount } };
  const dying = await stage.server(lease);
  const surviving = await stage.server(30_000);
  dying.crashAt(step);
  await stage.send({ ...request, server: dying });
  stage.timeline.note(
    `nobody knows whether it charged; its lease of ${lease / 1000} s must lapse first`,
  );
  await stage.send({ ...request, server: surviving, wait: 30 });
  await stage.send({ ...request, server: surviving });
}
