import { node } from './bindings/node.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(node);
