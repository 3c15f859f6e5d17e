import { createRequire } from 'node:module';
import { NestFactory } from '@nestjs/core';
import { expect, test, vi } from 'vitest';
import { nestExpress, nestFastify } from './bindings/nest.ts';
import { runSuite } from './suite/run-suite.ts';

// The oldest version that is promised, in the place of the newest: in the sources and in the binding.
vi.mock('@nestjs/common', () => import('@idem-workspace/nest-11/common'));
vi.mock('@nestjs/core', () => import('@idem-workspace/nest-11/core'));
vi.mock('@nestjs/platform-fastify', () => import('@idem-workspace/nest-11/platform-fastify'));

test('it is Nest 11 that the suite runs on', async () => {
  const { NestFactory: eleven } = await import('@idem-workspace/nest-11/core');
  const nest = createRequire(import.meta.resolve('@idem-workspace/nest-11/core'));
  expect(NestFactory).toBe(eleven);
  expect(nest('@nestjs/core/package.json').version).toMatch(/^11\./);
});

runSuite({ ...nestExpress, name: 'Nest 11 on Express' });
runSuite({ ...nestFastify, name: 'Nest 11 on Fastify' });
