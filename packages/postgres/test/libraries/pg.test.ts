import { describeLibrary } from '../support/libraries/describe-library.ts';
import { pgLibrary } from '../support/libraries/pg.ts';

describeLibrary(pgLibrary, [
  'before the write',
  'after the write',
  'after complete',
  'during the commit',
  'after the commit',
]);
