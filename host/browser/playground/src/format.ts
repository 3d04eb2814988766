/**
 * JSON laid out for people: white space between tokens changes and nothing else, so that numbers,
 * escapes and doubled keys stay as they are. Text that is no single JSON object or array comes back
 * as it is.
 */
export function format(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs);
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

const line = (depth: number) => `\n${'  '.repeat(depth)}`;

/** The text without white space outside of strings. */
const unspaced = (text: string) =>
  text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/gs, (_, string?: string) => string ?? '');
