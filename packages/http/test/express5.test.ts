import { express5Binding } from './bindings/express.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(express5Binding);
