import type { IncomingMessage } from 'node:http';
import {
  type DynamicModule,
  type FactoryProvider,
  Module,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import type { IdempotentOptions } from '../options.ts';
import { IdempotencyInterceptor } from './interceptor.ts';

const OPTIONS = Symbol('idem.http.options');

/** Options that are made of other providers. */
export interface IdempotencyModuleAsyncOptions<Req extends object = IncomingMessage>
  extends Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<IdempotentOptions<Req>>, 'useFactory' | 'inject'> {}

/**
 * Executes the requests of the routes that `@Idempotent()` marks once per idempotency key, on Nest's
 * Express platform and on its Fastify platform. Import it once, in the root module.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest knows a module by its class
export class IdempotencyModule {
  /** What holds for all marked routes. */
  static forRoot<Req extends object = IncomingMessage>(
    options: IdempotentOptions<Req>,
  ): DynamicModule {
    return moduleWith([], { provide: OPTIONS, useValue: options });
  }

  /** The same, made by a factory that is given other providers. */
  static forRootAsync<Req extends object = IncomingMessage>(
    options: IdempotencyModuleAsyncOptions<Req>,
  ): DynamicModule {
    const { imports = [], inject = [], useFactory } = options;
    return moduleWith(imports, { provide: OPTIONS, inject, useFactory });
  }
}

Module({})(IdempotencyModule);

function moduleWith(
  imports: NonNullable<ModuleMetadata['imports']>,
  options: Provider,
): DynamicModule {
  const interceptor: Provider = {
    provide: APP_INTERCEPTOR,
    inject: [OPTIONS, Reflector],
    useFactory: (given: IdempotentOptions<IncomingMessage>, reflector: Reflector) =>
      new IdempotencyInterceptor(given, reflector),
  };
  return { module: IdempotencyModule, imports, providers: [options, interceptor] };
}
