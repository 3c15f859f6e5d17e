/** Pairs of tokens that only an inexact comparison takes for the same. */
export function lookalikes(token: string): readonly (readonly [what: string, token: string])[] {
  const last = token.slice(-1);
  return [
    ['in the other case', swapCase(token)],
    ['with one more character', `${token}A`],
    ['with another last character', `${token.slice(0, -1)}${last === 'A' ? 'B' : 'A'}`],
  ];
}

function swapCase(text: string): string {
  return Array.from(text, (character) => {
    const lower = character.toLowerCase();
    return lower === character ? character.toUpperCase() : lower;
  }).join('');
}
