import { describeLibrary } from '../support/libraries/describe-library.ts';
import { kyselyLibrary } from '../support/libraries/kysely.ts';

describeLibrary(kyselyLibrary, [
  'before the write',
  'after the write',
  'after complete',
  'during commit',
  'after commit',
]);
