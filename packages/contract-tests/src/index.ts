export {
  type Ability,
  type AbilityName,
  type Absent,
  absent,
  type BackendClock,
  type FaultyConnection,
  type HangingBackend,
  type Harness,
  isAbsent,
  type ProcessClients,
  type RecordPlanter,
} from './harness.ts';
export { RuleSkipped } from './skip.ts';
export type { Family, Grade, Rule, RuleContext } from './rule.ts';
