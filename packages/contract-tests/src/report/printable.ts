/** Without what XML forbids, a terminal obeys or a line of Markdown ends at. */
export function printable(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\ufffe\uffff]+/gu, ' ');
}
