import { knexLibrary } from './knex.ts';
import { kyselyLibrary } from './kysely.ts';
import type { LibraryOpener } from './library.ts';
import { mssqlLibrary } from './mssql.ts';
import { prismaLibrary } from './prisma.ts';
import { sequelizeLibrary } from './sequelize.ts';
import { tediousLibrary } from './tedious.ts';
import { typeormLibrary } from './typeorm.ts';

export const libraries: readonly LibraryOpener[] = [
  kyselyLibrary,
  mssqlLibrary,
  tediousLibrary,
  knexLibrary,
  typeormLibrary,
  prismaLibrary,
  sequelizeLibrary,
];
