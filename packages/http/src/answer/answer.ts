/** A header field and its value; one that was sent several times has a list. */
export type HeaderField = readonly [name: string, value: string | readonly string[]];

/** What an answer says before its body. Names of header fields are in lower case. */
export interface AnswerHead {
  readonly status: number;
  /** The reason phrase, where the handler chose one. */
  readonly statusText?: string;
  readonly headers: readonly HeaderField[];
}

/** An answer, whole. */
export interface Answer extends AnswerHead {
  readonly body: Uint8Array;
  readonly trailers?: readonly HeaderField[];
}

/** Why an answer is not kept. */
export type OpenReason = 'too-large' | 'open-ended' | 'redactor-failed';

/** What a handler answered, as far as it is known when something has to be recorded. */
export type Captured =
  | {
      readonly kind: 'whole';
      readonly head: AnswerHead;
      /** Text stands for its UTF-8. */
      readonly body: string | Uint8Array;
      readonly trailers?: readonly HeaderField[];
      /** The header fields that were there before the handler was called. */
      readonly before?: ReadonlyMap<string, unknown>;
    }
  /** It goes on: longer than what is kept, or with no end in sight. */
  | { readonly kind: 'open'; readonly head: AnswerHead; readonly reason: OpenReason };

/** The values of a field, as a list. */
export function valuesOf([, value]: HeaderField): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
