import { fetchBinding } from './bindings/fetch.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(fetchBinding);
