import type { Whys } from './whys.ts';

export const values: Whys = {
  'empty-is-not-absent': 'A handler that answers nothing would be executed at each retry.',
  'empty-replaces': 'An update that skips what is empty leaves the old answer.',
  'all-bytes': 'A reply that went through a string has lost half of them.',
  'not-text': 'Compressed and encrypted results are no UTF-8, and are unreadable once repaired.',
  'trailing-zeros': 'A fixed-length column pads or strips them, and a checksum fails.',
  'trailing-spaces': 'A text column strips them, and a signature fails.',
  'no-meaning': 'A value such as null or a claim’s own words must not change what the record is.',
  sizes: 'Just below and above a page, a packet or an inline limit the code is another.',
  'replaced-by-shorter': 'Overwritten in place, the end of the old one stays.',
  largest:
    'The limit is promised, so a packet or column limit below it is a surprise in production.',
  'too-large':
    'Refused at once, with a clear error, and not by a server after sixteen megabytes were sent.',
  'view-with-offset': 'The whole buffer behind a view holds other people’s requests.',
  'buffer-from-the-pool': 'Small Buffers share eight kilobytes with the rest of the process.',
  'store-copies-in': 'A caller that reuses its buffer would rewrite what is on its way.',
  'complete-copies-in': 'The same for the result that is recorded for good.',
  'find-copies-out': 'A caller that decrypts in place would change everybody’s record.',
  'claim-copies-out': 'The same for a replay.',
  'answers-share-nothing': 'Requests joined into one, or a cache, hand one array to two callers.',
  'answers-are-plain':
    'A Buffer’s slice shares memory and its JSON differs: code that was tested on one store breaks on another.',
  'large-by-*':
    'Chunks, packets and string limits strike at megabytes, and each way in has its own.',
  'odd-by-*':
    'A driver that guesses encodings strips a byte-order mark, or unpacks what begins like gzip.',
  'own-from-*': 'A view into a driver’s network buffer is overwritten by the next reply.',
  'equal-values-are-apart':
    'Values that are kept once for all who have them go with the first that is removed.',
  'replaced-by-the-same-length':
    'What is compared by its size before it is written is not written where only a digit differs.',
  'every-move-beside-a-value':
    'What a record is stands in its head, which is read without the rest where that is large, by lines of its own.',
  'store-copies-in-whatever-the-size':
    'Small values are copied into a packet at once, and large ones are sent in pieces, later, from the caller’s memory.',
  'complete-copies-in-whatever-the-size':
    'The same on the way that results take: a server uses the buffer again for the next request.',
  'alike-are-apart':
    'Large values that are kept once, or sent when they changed, are compared by their length, their ends or a checksum, and one customer is told what another paid.',
  'replaced-by-shorter-at-any-size':
    'Values in pieces, rows or pages: what is past the end of the new one must not be read with it.',
  'seen-by-others-whatever-the-size':
    'Large values are the ones that are worth a cache, and a version that does not change keeps them stale.',
};
