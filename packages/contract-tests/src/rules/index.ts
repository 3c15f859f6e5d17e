import type { Rule } from '../rule.ts';
import { argumentRules } from './arguments/arguments.ts';
import { unsentArgumentRules } from './arguments/without-a-backend.ts';
import { cancellationRules } from './cancellation/cancellation.ts';
import { abortedRules } from './cancellation/in-flight.ts';
import { unsentOperationRules } from './cancellation/without-a-backend.ts';
import { claimRules } from './claim/claim.ts';
import { fenceRules } from './claim/fences.ts';
import { fenceMatrix } from './claim/fences-matrix.ts';
import { fingerprintRules } from './claim/fingerprints.ts';
import { lapseMemoryRules } from './claim/lapse-memory.ts';
import { overRemnantRules } from './claim/over-remnants.ts';
import { successorRules } from './claim/successors.ts';
import { takeoverRules } from './claim/takeovers.ts';
import { completeRules } from './complete.ts';
import { actsAnewRules } from './concurrency/acts-anew.ts';
import { anewRules } from './concurrency/anew.ts';
import { apartRules } from './concurrency/apart.ts';
import { concurrencyLeaseRules } from './concurrency/around-a-lease.ts';
import { concurrencyRules } from './concurrency/concurrency.ts';
import { countsAnewRules } from './concurrency/counts-anew.ts';
import { largeValueRules } from './concurrency/large-values.ts';
import { loadRules } from './concurrency/load.ts';
import { manyEndRules } from './concurrency/many-ends.ts';
import { manyTimesRules } from './concurrency/many-times.ts';
import { roomRules } from './concurrency/room.ts';
import { tidyingRules } from './concurrency/tidying.ts';
import { corruptionRules } from './corruption/corruption.ts';
import { damagedPartRules } from './corruption/damaged-parts.ts';
import { crashMatrix } from './durability/crash-matrix.ts';
import { durabilityRules } from './durability/durability.ts';
import { everyMoveSurvivesRules } from './durability/every-move.ts';
import { oldRecordRules } from './durability/old.ts';
import { clientsClockRules } from './expiry/clients-clock.ts';
import { clientsClockMatrix } from './expiry/clients-clock-matrix.ts';
import { expiryRules } from './expiry/expiry.ts';
import { longTimeRules } from './expiry/long-times.ts';
import { purgingRules } from './expiry/purging.ts';
import { remainingRules } from './expiry/remaining.ts';
import { outageAtCloseRules } from './faults/close-in-an-outage.ts';
import { contendedFaultRules } from './faults/contention.ts';
import { lateReplyRules } from './faults/late-replies.ts';
import { lostReplyRules } from './faults/lost-replies.ts';
import { neverArrivedRules } from './faults/never-arrived.ts';
import { outageRules } from './faults/outages.ts';
import { sentAgainRules } from './faults/sent-again.ts';
import { findStoreRules } from './find-store/find-store.ts';
import { storeSuccessorRules } from './find-store/successors.ts';
import { inspectRules } from './inspect/inspect.ts';
import { inspectTimeRules } from './inspect/times.ts';
import { bareWordRules } from './keys/bare-words.ts';
import { exactKeyRules } from './keys/exact-keys.ts';
import { foreignCharacterRules } from './keys/foreign-characters.ts';
import { keyRules } from './keys/keys.ts';
import { keyLimitRules } from './keys/limits.ts';
import { comingsAndGoings } from './lifecycle/comings-and-goings.ts';
import { lifecycleRules } from './lifecycle/lifecycle.ts';
import { closingRules } from './lifecycle/under-way-at-close.ts';
import { linearizabilityRules } from './linearizability/linearizability.ts';
import { steppedOnRules } from './linearizability/stepped-on.ts';
import { everyMoveRules } from './model/every-move.ts';
import { modelRules } from './model/model.ts';
import { releaseRules } from './release.ts';
import { removeRules } from './remove.ts';
import { renewRules } from './renew.ts';
import { repetitionRules } from './repetition.ts';
import { exactTokenRules } from './tokens/exact-tokens.ts';
import { oneTokenRules } from './tokens/one-token.ts';
import { anotherProcessRules } from './transactions/another-process.ts';
import { transactionArgumentRules } from './transactions/arguments.ts';
import { beyondRules } from './transactions/beyond.ts';
import { companyRules } from './transactions/company.ts';
import { corruptInsideRules } from './transactions/corrupt.ts';
import { everyMoveInsideRules } from './transactions/every-move.ts';
import { holderRules } from './transactions/holders.ts';
import { holdingRules } from './transactions/holding.ts';
import { longTransactionRules } from './transactions/long-ones.ts';
import { momentRules } from './transactions/moments.ts';
import { overRules } from './transactions/over.ts';
import { ownTimeRules } from './transactions/own-times.ts';
import { rowsThatAreThereRules } from './transactions/rows-that-are-there.ts';
import { visibilityRules } from './transactions/visibility.ts';
import { waitRules } from './transactions/waits.ts';
import { waitInsideRules } from './transactions/waits-inside.ts';
import { alikeValueRules } from './values/alike.ts';
import { besideValueRules } from './values/beside.ts';
import { valueCopyRules } from './values/copies.ts';
import { valueRules } from './values/values.ts';
import { valueMatrix } from './values/values-matrix.ts';
import { watchedAgainRules } from './watch/again-and-again.ts';
import { anyEndRules } from './watch/any-end.ts';
import { stoppingRules } from './watch/stopping.ts';
import { watchRules } from './watch/watch.ts';
import { withinWakeRules } from './watch/within-a-wake.ts';

/** Every rule of the contract, in the order in which reports show them. */
export const rules: readonly Rule[] = [
  ...findStoreRules,
  ...storeSuccessorRules,
  ...claimRules,
  ...fenceRules,
  ...fenceMatrix,
  ...takeoverRules,
  ...lapseMemoryRules,
  ...fingerprintRules,
  ...successorRules,
  ...overRemnantRules,
  ...completeRules,
  ...releaseRules,
  ...renewRules,
  ...removeRules,
  ...inspectRules,
  ...inspectTimeRules,
  ...watchRules,
  ...stoppingRules,
  ...withinWakeRules,
  ...watchedAgainRules,
  ...anyEndRules,
  ...expiryRules,
  ...clientsClockRules,
  ...clientsClockMatrix,
  ...longTimeRules,
  ...remainingRules,
  ...purgingRules,
  ...keyRules,
  ...keyLimitRules,
  ...exactKeyRules,
  ...foreignCharacterRules,
  ...bareWordRules,
  ...exactTokenRules,
  ...oneTokenRules,
  ...valueRules,
  ...valueCopyRules,
  ...valueMatrix,
  ...besideValueRules,
  ...alikeValueRules,
  ...argumentRules,
  ...unsentArgumentRules,
  ...cancellationRules,
  ...unsentOperationRules,
  ...abortedRules,
  ...lifecycleRules,
  ...closingRules,
  ...comingsAndGoings,
  ...repetitionRules,
  ...concurrencyRules,
  ...concurrencyLeaseRules,
  ...loadRules,
  ...roomRules,
  ...largeValueRules,
  ...manyEndRules,
  ...tidyingRules,
  ...manyTimesRules,
  ...apartRules,
  ...anewRules,
  ...countsAnewRules,
  ...actsAnewRules,
  ...modelRules,
  ...everyMoveRules,
  ...linearizabilityRules,
  ...steppedOnRules,
  ...lostReplyRules,
  ...contendedFaultRules,
  ...outageRules,
  ...sentAgainRules,
  ...neverArrivedRules,
  ...lateReplyRules,
  ...outageAtCloseRules,
  ...corruptionRules,
  ...damagedPartRules,
  ...durabilityRules,
  ...crashMatrix,
  ...everyMoveSurvivesRules,
  ...oldRecordRules,
  ...visibilityRules,
  ...holderRules,
  ...overRules,
  ...companyRules,
  ...transactionArgumentRules,
  ...holdingRules,
  ...everyMoveInsideRules,
  ...corruptInsideRules,
  ...longTransactionRules,
  ...anotherProcessRules,
  ...beyondRules,
  ...ownTimeRules,
  ...rowsThatAreThereRules,
  ...momentRules,
  ...waitRules,
  ...waitInsideRules,
];
