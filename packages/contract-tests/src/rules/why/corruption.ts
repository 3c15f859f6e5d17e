import type { Whys } from './whys.ts';

export const corruption: Whys = {
  'damaged-among-others':
    'Requests that are sent as one fail as one: a single bad row stops everybody who came at the same moment.',
  'foreign-record-is-reported':
    'Taken for vacant it is overwritten, taken for a result it is replayed: both are wrong, so neither.',
  'damaged-result-is-reported': 'Half a result replayed is worse than an error.',
  'damaged-claim-is-reported': 'A claim that is read as vacant has two holders.',
  'remove-clears': 'Without a way out the key is lost, and people edit the database by hand.',
  'remove-clears-each-part':
    'A way out that first reads what it is to clear stays shut for the very records that need it.',
  'each-part-of-a-result':
    'Checks are written field by field, and the one that was forgotten is the one that breaks.',
  'each-part-of-a-claim': 'The same for what nobody reads until a crash.',
  'foreign-record-stays':
    'A purge that cannot read the end of a record takes it for long over, and its key for vacant.',
};
