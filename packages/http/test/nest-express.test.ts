import { nestExpress } from './bindings/nest.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(nestExpress);
