/** What stands between `<!-- mark:begin -->` and `<!-- mark:end -->`, without the line breaks around it. */
export function textBetween(text: string, mark: string): string {
  const [, between] = split(text, mark);
  return between.trim();
}

export function replaceBetween(text: string, mark: string, replacement: string): string {
  const [before, , after] = split(text, mark);
  return `${before}\n${replacement}\n${after}`;
}

function split(text: string, mark: string): readonly [string, string, string] {
  const begin = `<!-- ${mark}:begin -->`;
  const end = `<!-- ${mark}:end -->`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  if (from < begin.length || to < from) throw new Error(`There is no ${begin} … ${end}.`);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}
