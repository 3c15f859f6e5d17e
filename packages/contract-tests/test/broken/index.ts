import { argumentMistakes } from './arguments.ts';
import { cancellationMistakes } from './cancellation.ts';
import { claimMistakes } from './claims.ts';
import { closingMistakes } from './closing.ts';
import { concurrencyMistakes } from './concurrency.ts';
import { brokenForCorruption } from './corruption.ts';
import { brokenForDurability } from './durability.ts';
import { expiryMistakes } from './expiry.ts';
import { brokenForFaults } from './faults.ts';
import { fenceMistakes } from './fences.ts';
import { findStoreMistakes } from './find-store.ts';
import { completeMistakes, releaseMistakes, renewMistakes } from './holders.ts';
import { inspectMistakes } from './inspect.ts';
import { joiningMistakes } from './joining.ts';
import { keyMistakes } from './keys.ts';
import type { BrokenStore } from './kit/broken-store.ts';
import { largeValueMistakes } from './large-values.ts';
import { lifecycleMistakes } from './lifecycle.ts';
import { brokenForLinearizability } from './linearizability.ts';
import { brokenInOneMove } from './matrix/index.ts';
import { brokenForModel } from './model.ts';
import { removeMistakes, repetitionMistakes } from './remove.ts';
import { brokenForSending } from './sending.ts';
import { situationMistakes } from './situations.ts';
import { subscriptionMistakes } from './subscriptions.ts';
import { successorMistakes } from './successors.ts';
import { transactionMistakes } from './transactions/index.ts';
import { valueMistakes } from './values.ts';
import { watchMistakes } from './watch.ts';

/** Every broken store: the suite's own tests prove with them that each rule bites. */
export const brokenStores: readonly BrokenStore[] = [
  ...findStoreMistakes,
  ...successorMistakes,
  ...situationMistakes,
  ...claimMistakes,
  ...fenceMistakes,
  ...completeMistakes,
  ...releaseMistakes,
  ...renewMistakes,
  ...removeMistakes,
  ...inspectMistakes,
  ...watchMistakes,
  ...subscriptionMistakes,
  ...expiryMistakes,
  ...keyMistakes,
  ...valueMistakes,
  ...largeValueMistakes,
  ...argumentMistakes,
  ...cancellationMistakes,
  ...lifecycleMistakes,
  ...closingMistakes,
  ...repetitionMistakes,
  ...concurrencyMistakes,
  ...brokenForModel,
  ...brokenForLinearizability,
  ...brokenForFaults,
  ...brokenForSending,
  ...joiningMistakes,
  ...brokenForCorruption,
  ...brokenForDurability,
  ...brokenInOneMove,
  ...transactionMistakes,
];
