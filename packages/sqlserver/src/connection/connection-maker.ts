import { IdempotencyError } from '@idem/core';
import { Connection, type ConnectionConfiguration } from 'tedious';
import { type ConnectionSource, checkGiven } from './source.ts';

type Options = NonNullable<ConnectionConfiguration['options']>;

/**
 * Makes connections, not yet opened. A function that fails makes an error that may pass,
 * `IDEM_STORE_UNAVAILABLE`: most likely the service that it asks does not answer. One that gives no
 * configuration is refused with `IDEM_INVALID_OPTIONS`.
 *
 * @param defaults what the configuration says itself goes before
 */
export function connectionMaker(
  source: ConnectionSource,
  defaults: Options,
): () => Promise<Connection> {
  return async () => {
    const config = await configOf(source);
    return new Connection({ ...config, options: { ...defaults, ...config.options } });
  };
}

async function configOf(source: ConnectionSource): Promise<ConnectionConfiguration> {
  if (typeof source !== 'function') return source;
  const config = await given(source);
  checkGiven(config);
  return config;
}

async function given<T>(source: () => T | Promise<T>): Promise<T> {
  try {
    return await source();
  } catch (cause) {
    throw new IdempotencyError(
      'IDEM_STORE_UNAVAILABLE',
      'The function that gives the configuration of a connection to SQL Server failed; its error is the cause. Look at what it asks, such as a token service.',
      { cause, retryable: true },
    );
  }
}
