/** Thrown to end a rule that has seen enough: what follows would make no sense. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
}

/** Thrown when a step that had to come before an end came after it: the machine was slow, not the store wrong. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}
