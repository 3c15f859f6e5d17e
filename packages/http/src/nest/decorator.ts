import { SetMetadata } from '@nestjs/common';
import type { IdempotentOptions } from '../options.ts';

export const IDEMPOTENT = 'idem:idempotent';

/**
 * Executes the requests of a route, or of all routes of a controller, once per idempotency key. What is
 * given here counts before what the module was given, for these routes: `@Idempotent({ required: true })`.
 */
export function Idempotent<Req = unknown>(
  options: Partial<IdempotentOptions<Req>> = {},
): MethodDecorator & ClassDecorator {
  return SetMetadata(IDEMPOTENT, options);
}
