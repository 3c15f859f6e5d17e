import { describeLibrary } from '../support/libraries/describe-library.ts';
import { drizzleJsLibrary, drizzleLibrary } from '../support/libraries/drizzle.ts';

describeLibrary(drizzleLibrary);
describeLibrary(drizzleJsLibrary, ['during the commit']);
