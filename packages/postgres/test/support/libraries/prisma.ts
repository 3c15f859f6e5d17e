import { PostgresStore } from '@idem/postgres';
import { type PrismaTransaction, prismaTransactions } from '@idem/postgres/prisma';
import { PrismaPg } from '@prisma/adapter-pg';
import { type GetPrismaClientConfig, getPrismaClient } from '@prisma/client/runtime/client';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

const COMPILER = '@prisma/client/runtime/query_compiler_fast_bg.postgresql';

/** The client that `prisma generate` writes for a schema without models, without the generator. */
const config: GetPrismaClientConfig = {
  previewFeatures: [],
  clientVersion: '7.10.0',
  engineVersion: '',
  activeProvider: 'postgresql',
  inlineSchema:
    'generator client {\n  provider = "prisma-client"\n  output = "."\n}\n\ndatasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: 'AAAA' },
  compilerWasm: {
    getRuntime: () => import(`${COMPILER}.mjs`),
    getQueryCompilerWasmModule: async () => {
      const { wasm } = await import(`${COMPILER}.wasm-base64.mjs`);
      const { Module } = Object(Reflect.get(globalThis, 'WebAssembly'));
      return Reflect.construct(Module, [Buffer.from(wasm, 'base64')]);
    },
    importName: './query_compiler_fast_bg.js',
  },
};

const LIMITS = { maxWait: PATIENT, timeout: PATIENT };

export const prismaLibrary: LibraryOpener = opener<PrismaTransaction>(
  'prisma',
  async (server, table) => {
    const PrismaClient = getPrismaClient(config);
    const prisma = new PrismaClient({
      adapter: new PrismaPg({ connectionString: server, max: 4 }),
    });
    return {
      store: await PostgresStore.connect<PrismaTransaction>(server, {
        transactions: prismaTransactions(),
        ...{ table, timeout: PATIENT },
      }),
      begin: async (work) => prisma.$transaction((tx: PrismaTransaction) => work(tx), LIMITS),
      execute: (tx, text, key) =>
        Reflect.apply(tx.$queryRawUnsafe, tx, [
          text.replace('?', '$1'),
          ...(text.includes('?') ? [key] : []),
        ]),
      close: () => prisma.$disconnect(),
    };
  },
);
