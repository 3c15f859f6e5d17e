import { koa3Binding } from './bindings/koa.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(koa3Binding);
