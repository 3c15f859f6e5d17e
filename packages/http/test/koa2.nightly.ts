import { koa2Binding } from './bindings/koa.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(koa2Binding);
