/**
 * Indents JSON. Only white space between tokens changes: numbers, escapes and duplicate keys stay.
 * Text that is not a single JSON object or array is returned unchanged.
 */
export function format(text: string): string {
  const tokens = tokensOf(text);
  if (!tokens || !'{['.includes(tokens[0]!) || tokens.join('') !== unspaced(text)) return text;
  let depth = 0;
  let out = '';
  for (const [index, token] of tokens.entries()) {
    const opens = token === '{' || token === '[';
    const closes = token === '}' || token === ']';
    const isEmpty = closes && (tokens[index - 1] === '{' || tokens[index - 1] === '[');
    if (closes) depth -= 1;
    if (depth < 0 || (depth === 0 && index > 0 && !closes)) return text;
    if (closes && !isEmpty) out += line(depth);
    out += token;
    if (opens) depth += 1;
    const next = tokens[index + 1];
    if (token === ',' || (opens && next !== '}' && next !== ']')) out += line(depth);
    if (token === ':') out += ' ';
  }
  return depth === 0 ? out : text;
}

/** The tokens of JSON, without white space. */
export const tokensOf = (text: string) => text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs);

const line = (depth: number) => `\n${'  '.repeat(depth)}`;

/** The text without white space outside of strings. */
const unspaced = (text: string) =>
  text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/gs, (_, string?: string) => string ?? '');
