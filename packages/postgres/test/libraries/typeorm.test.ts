import { describeLibrary } from '../support/libraries/describe-library.ts';
import { typeormLibrary } from '../support/libraries/typeorm.ts';

describeLibrary(typeormLibrary, []);
