import type { Whys } from './whys.ts';

export const transactions: Whys = {
  'commit-records': 'What was paid in the transaction must be replayed to every retry after it.',
  'effect-and-record-together':
    'This is exactly-once: a record beside the transaction is a payment without a record, or a record without a payment.',
  'nobody-sees-the-uncommitted':
    'A replay of what is rolled back afterwards confirms a payment that never was.',
  'other-transactions-see-no-more':
    'A handler that finds what is rolled back afterwards acts on what never was.',
  'answered-while-open':
    'A retry that waits for a long transaction holds a connection, and the pool is soon empty.',
  'rollback-leaves-the-claim':
    'The handler that failed in its transaction still holds the key, and may try again or release.',
  'many-keys-in-one': 'A batch is one transaction, and each of its keys is somebody’s payment.',
  'savepoint-takes-back':
    'Query builders turn a nested transaction into a savepoint, and roll back to it.',
  'reads-its-own-writes':
    'A handler that asks in its transaction decides by the answer, and writes in the same.',
  'stores-inside': 'What is put there beside an effect must not outlive a rollback of that effect.',
  'removes-inside': 'A removal that is not rolled back has the same key executed twice.',
  'not-held-is-false':
    'False is how the holder learns to roll back; an error or a doomed transaction would take its other work with it.',
  'tokens-are-exact':
    'The statement in the transaction is another than outside, and compares anew.',
  'overtaken-is-false':
    'The next holder has begun: what the late one wrote would be the second payment.',
  'twice-is-false':
    'Only the call that wrote the record proves that the record is of this transaction.',
  'completed-before-is-false':
    'A library that runs the work again after a lost commit would commit the effect a second time.',
  'committed-is-refused':
    'On a connection without a transaction a statement is carried out by itself, and nothing says so.',
  'rolled-back-is-refused': 'The record would be there, and the effect rolled back.',
  'doomed-is-refused':
    'A handler that swallows a deadlock goes on: the server has rolled back, and what follows would be committed alone.',
  'ended-unseen-is-refused':
    'A ROLLBACK in a procedure or a trigger ends the transaction, and the driver goes on believing in it.',
  'doomed-records-nothing': 'A record without its effect has every retry told that it was paid.',
  'lost-commit-is-settled':
    'Nobody knows whether a commit without an answer took place, but the store does.',
  'close-leaves-the-transaction': 'The connection is the application’s, and so is its transaction.',
  'next-transaction-is-clean':
    'Pools hand a connection to the next transaction with whatever the last one left on it.',
  'own-claim-beside':
    'This is how the executor settles an unknown commit, and the commit may still be under way.',
  'no-stranger-acquires':
    'A reader that steps over locked rows takes the key for vacant, in the moment before the commit.',
  'heartbeat-beside':
    'Leases are renewed while the handler works; in a snapshot the row has changed then, and false would lose a good result.',
  'renew-waits':
    'A heartbeat that succeeds beside a completion tells the holder that it still holds what it has completed.',
  'release-waits':
    'A release beside a completion that is committed would have the key executed again.',
  'complete-waits': 'One result is recorded, and all are told the same.',
  'store-and-remove-wait': 'A last write that the commit overwrites is lost without a word.',
  'two-transactions-one-key':
    'Two attempts of one execution, after a library began anew, must not both be committed.',
  'two-transactions-two-keys': 'State that is kept by client instead of by transaction mixes them.',
  'other-keys-go-on': 'A table that is locked by one long transaction stops the whole service.',
  'many-transactions-at-once':
    'A server has many requests in transactions at once, on one client of the store.',
  'bad-arguments-doom-nothing':
    'What the server refuses dooms the transaction in PostgreSQL: the check must come before.',
  'aborted-before-dooms-nothing': 'Nothing was sent, so nothing may be lost but this one call.',
  'aborted-in-flight-can-be-rolled-back':
    'Rejected too early, the rollback is refused, and the pool hands an open transaction to the next caller.',
  'values-are-copied':
    'What is recorded is what was there at the call, however long the commit takes.',
  'odd-values-inside':
    'In a transaction values go through the user’s library, with its own conversions.',
  'odd-keys-inside':
    'In a transaction keys go through the user’s library, with its own conversions.',
  'bound-store-inside-is-exact':
    'What holds outside is written once more for a transaction, and is forgotten there.',
  'store-inside-over-anything':
    'An upsert has one branch for what is there and one for what is not, each with a clock of its own.',
  'long-times-inside':
    'A ttl that is bound as 32 bits is refused, or wraps to a moment ago, in this statement alone.',
  'waited-claim-of-a-fresh-key':
    'Where there is no row yet it is the insert that waits, by another line than the update.',
  'waited-store-of-a-fresh-key':
    'A record that counts from before its wait is over as it is written, and its key executes again.',
  'read-before-a-heartbeat':
    'A snapshot that began with a read meets the heartbeat as a conflict, under a code that nobody listed, and is never tried again.',
  'every-move-inside':
    'The statements in a transaction are written a second time, beside those of outside, and forget a column.',
  'waited-in-another-process':
    'A clock that is read before the lock of a file judges by the time at which the wait began, and lets two hold.',
  'damage-inside-ends-nothing':
    'A store that rolls back by itself leaves the application in no transaction, and its next statement is committed alone.',
  'old-ones-work':
    'What is right for the first second, a check or a lease of its own, fails in the handler that takes longer.',
  'lapse-is-seen-inside':
    'now() of PostgreSQL is the start of the transaction: by it a lease never ends in a long one.',
  'overtaken-while-open': 'The promise to the holder that was paused: its writes do not survive.',
  'ttl-counts-from-complete':
    'By the start of a long transaction a result is over when it is written.',
  'ttl-may-end-before-the-commit':
    'No clock starts at a commit, and a result that never expires is worse than one that has.',
  'store-inside-counts-from-now': 'As for complete, by another statement.',
  'reads-inside-go-by-now': 'A result that has expired must not decide what a transaction does.',
  'remove-inside-leaves-what-is-owed':
    'By the start of the transaction the claim still holds, and its removal would hide what half happened.',
  'lease-may-end-before-the-commit':
    'The row is locked, so nobody can have taken over; who waited for it must look again.',
  'lapse-while-open-is-told': 'Whoever operates it sees what is true now, whatever is locked.',
  'waited-store-lives-its-ttl':
    'By a clock that was read before the wait a record may be over before it is written.',
  'waited-complete-lives-its-ttl': 'A completion that is acknowledged and over executes twice.',
  'waited-renew-holds-its-lease':
    'A heartbeat that says true and holds nothing lets a second holder in at once.',
  'waited-claim-again-holds-its-lease':
    'The claim is repeated to learn of a commit, and must hold when it is acquired.',
  'waited-claim-holds-its-lease':
    'A holder that acquires what has lapsed already meets the next one at its first step.',
  'waited-claims-have-growing-fences':
    'A fence from before the wait may be lower than one that was handed out meanwhile.',
  'renewal-beside-a-waiting-claim':
    'A lease that was read without the lock is old when the lock is had.',
  'claim-again-beside-a-waiting-claim':
    'Two that wait for one row are told by the same rollback; the second writes over what the first was just given.',
  'waited-release-is-of-one-moment': 'Released and owed a takeover contradict each other.',
  'waited-remove-leaves-what-is-owed': 'What lapsed is owed, however the remove came to it.',
  'held-for-the-holder-alone':
    'It is asked before the function: a holder that is told so by mistake pays in vain, and one who is not pays twice.',
  'held-while-open-alone':
    'A lock in no transaction is gone with its statement, and so is the claim that was said to be kept.',
  'renewed-beside-is-renewed':
    'A renewal that waits for the transaction is no renewal: the lease ends while the function is under way.',
  'hold-sees-the-lapse':
    'A snapshot shows the claim as it was; a function that is called on that word runs beside the next holder.',
  'held-outlasts-the-lease':
    'Nothing is renewed on this word, so that a claim which is not kept is lost in every long transaction.',
  'held-ends-with-the-transaction':
    'A lease that is lengthened for good keeps the key of a dead process for the longest that a function may take.',
  'waited-complete-inside-sees-the-lapse':
    'Judged by the time at which it was sent, it records for a holder that lost its lease while it waited.',
  'waited-complete-inside-lives-its-ttl':
    'By a clock from before the wait the result is over when it is committed.',
  'waited-remove-inside-leaves-what-is-owed':
    'What lapsed while remove waited is owed, and a clock from before the wait takes it for held.',
  'waited-remove-past-a-lease':
    'The same outside: a clean-up that waited hides what half happened.',
  'waited-release-sees-the-lapse':
    'A release that was told true after its lease hides that nobody held the key while it waited.',
  'each-operation-inside-has-its-moment':
    'A clock that is read once for a transaction is the clock of its first statement, and the last may be minutes later.',
  'commit-wakes':
    'A waiter that only hears what is completed beside a transaction sleeps through every one that is completed inside.',
  'inside-leaves-what-others-are-owed':
    'A purge that comes with each write must know, in a transaction too, for how long a lapse is owed.',
  'waited-together-keep-their-own-times':
    'A store that corrects its times after a wait may correct those of whoever wrote in between.',
};
