/**
 * Thrown by a check that finds it cannot be tried on this store: the rule shows as skipped, with
 * the message as its reason. For what only the open store can say, such as `supports.durability`;
 * what the harness lacks is named in the rule's `needs`.
 */
export class RuleSkipped extends Error {
  override readonly name = 'RuleSkipped';
}
