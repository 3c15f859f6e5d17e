// `preserve` keeps this in the published declarations, where it brings `AsyncDisposable` and
// `Symbol.asyncDispose` to projects whose `target` and `lib` are older than they are.
/// <reference lib="esnext.disposable" preserve="true" />

declare global {
  // Merged with the real ones, from lib.dom or @types/node; a project without either has none to hand in.
  interface AbortSignal {
    readonly aborted: boolean;
  }
  interface URL {
    href: string;
  }
}

export {};
