import { describeLibrary } from '../support/libraries/describe-library.ts';
import { knexLibrary } from '../support/libraries/knex.ts';

describeLibrary(knexLibrary);
