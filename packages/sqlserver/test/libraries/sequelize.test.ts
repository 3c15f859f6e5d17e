import { describeLibrary } from '../support/libraries/describe-library.ts';
import { sequelizeLibrary } from '../support/libraries/sequelize.ts';

describeLibrary(sequelizeLibrary);
