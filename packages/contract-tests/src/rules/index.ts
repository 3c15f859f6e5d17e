import type { Rule } from '../rule.ts';
import { argumentRules } from './arguments.ts';
import { cancellationRules } from './cancellation.ts';
import { claimRules } from './claim.ts';
import { clientsClockRules } from './clients-clock.ts';
import { completeRules } from './complete.ts';
import { concurrencyRules } from './concurrency.ts';
import { concurrencyLeaseRules } from './concurrency-lease.ts';
import { contendedFaultRules } from './contended-faults.ts';
import { corruptionRules } from './corruption.ts';
import { damagedPartRules } from './damaged-parts.ts';
import { durabilityRules } from './durability.ts';
import { expiryRules } from './expiry.ts';
import { lostReplyRules } from './faults.ts';
import { fenceRules } from './fences.ts';
import { findStoreRules } from './find-store.ts';
import { inspectRules } from './inspect.ts';
import { inspectTimeRules } from './inspect-times.ts';
import { keyLimitRules } from './key-limits.ts';
import { keyRules } from './keys.ts';
import { lifecycleRules } from './lifecycle.ts';
import { linearizabilityRules } from './linearizability.ts';
import { clientsClockMatrix } from './matrix/clients-clock.ts';
import { companyMatrix } from './matrix/company.ts';
import { crashMatrix } from './matrix/crash.ts';
import { fenceMatrix } from './matrix/fences.ts';
import { exactKeyRules } from './matrix/keys.ts';
import { longTimeRules } from './matrix/long-times.ts';
import { exactTokenRules } from './matrix/tokens.ts';
import { valueMatrix } from './matrix/values.ts';
import { modelRules } from './model.ts';
import { outageRules } from './outages.ts';
import { releaseRules } from './release.ts';
import { removeRules } from './remove.ts';
import { renewRules } from './renew.ts';
import { repetitionRules } from './repetition.ts';
import { successorRules } from './successors.ts';
import { takeoverRules } from './takeovers.ts';
import { unsentRules } from './unsent.ts';
import { valueCopyRules } from './value-copies.ts';
import { valueRules } from './values.ts';
import { watchRules } from './watch.ts';

/** Every rule of the contract, in the order in which reports show them. */
export const rules: readonly Rule[] = [
  ...findStoreRules,
  ...claimRules,
  ...fenceRules,
  ...fenceMatrix,
  ...takeoverRules,
  ...successorRules,
  ...completeRules,
  ...releaseRules,
  ...renewRules,
  ...removeRules,
  ...inspectRules,
  ...inspectTimeRules,
  ...watchRules,
  ...expiryRules,
  ...clientsClockRules,
  ...clientsClockMatrix,
  ...longTimeRules,
  ...keyRules,
  ...keyLimitRules,
  ...exactKeyRules,
  ...exactTokenRules,
  ...valueRules,
  ...valueCopyRules,
  ...valueMatrix,
  ...argumentRules,
  ...cancellationRules,
  ...unsentRules,
  ...lifecycleRules,
  ...repetitionRules,
  ...concurrencyRules,
  ...concurrencyLeaseRules,
  ...companyMatrix,
  ...modelRules,
  ...linearizabilityRules,
  ...lostReplyRules,
  ...contendedFaultRules,
  ...outageRules,
  ...corruptionRules,
  ...damagedPartRules,
  ...durabilityRules,
  ...crashMatrix,
];
