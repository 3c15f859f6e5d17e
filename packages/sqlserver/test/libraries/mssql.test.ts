import { describeLibrary } from '../support/libraries/describe-library.ts';
import { mssqlLibrary } from '../support/libraries/mssql.ts';

describeLibrary(mssqlLibrary);
