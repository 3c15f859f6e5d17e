export {
  type Ability,
  type AbilityName,
  type Absent,
  absent,
  type BackendClock,
  type FaultyConnection,
  type Harness,
  isAbsent,
  type ProcessClients,
  type RecordPlanter,
} from './harness.ts';
export type { Family, Grade, Rule, RuleContext } from './rule.ts';
