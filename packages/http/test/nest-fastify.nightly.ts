import { nestFastify } from './bindings/nest.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(nestFastify);
