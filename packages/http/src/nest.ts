export { Idempotent } from './nest/decorator.ts';
export { IdempotencyInterceptor } from './nest/interceptor.ts';
export { IdempotencyModule, type IdempotencyModuleAsyncOptions } from './nest/module.ts';
