import { express4Binding } from './bindings/express.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(express4Binding);
