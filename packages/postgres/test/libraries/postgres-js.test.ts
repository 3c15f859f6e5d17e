import { describeLibrary } from '../support/libraries/describe-library.ts';
import { postgresJsLibrary } from '../support/libraries/postgres-js.ts';

describeLibrary(postgresJsLibrary);
