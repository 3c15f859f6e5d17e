import { fastify } from './bindings/fastify.ts';
import { runSuite } from './suite/run-suite.ts';

runSuite(fastify);
