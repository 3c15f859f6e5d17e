import { describeLibrary } from '../support/libraries/describe-library.ts';
import { tediousLibrary } from '../support/libraries/tedious.ts';

describeLibrary(tediousLibrary);
