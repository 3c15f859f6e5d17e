import { describeLibrary } from '../support/libraries/describe-library.ts';
import { prismaLibrary } from '../support/libraries/prisma.ts';

describeLibrary(prismaLibrary);
