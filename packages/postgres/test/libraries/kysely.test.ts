import { describeLibrary } from '../support/libraries/describe-library.ts';
import { kyselyLibrary } from '../support/libraries/kysely.ts';

describeLibrary(kyselyLibrary);
