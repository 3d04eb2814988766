/** Two records beside each other. */
import { tokensOf } from './format';
import { rules } from './rows';
import type { Row } from './table';

/** A field, and what each of the two records has in it. */
export type Pair = { field: string; values: [string | undefined, string | undefined] };

export type Comparison = {
  rows: [Row, Row];
  verdict: Pair[];
  record: Pair[];
};

export const differs = ({ values: [a, b] }: Pair) => a !== b;

type Compared = Row & { text: string };

export function compare(a: Compared, b: Compared): Comparison {
  return { rows: [a, b], verdict: pairs(verdict(a), verdict(b)), record: pairs(record(a), record(b)) };
}

/** The fields of both, in the order of the first record; those of the second alone where they are in it. */
function pairs(a: Map<string, string>, b: Map<string, string>): Pair[] {
  const order = [...a.keys()];
  let place = 0;
  for (const field of b.keys()) {
    const known = order.indexOf(field);
    if (known >= 0) place = known + 1;
    else order.splice(place++, 0, field);
  }
  return order.map((field) => ({ field, values: [a.get(field), b.get(field)] }));
}

function verdict({ verdict }: Row) {
  if (!verdict) return new Map<string, string>();
  const { kind, outcome, reason, principal, user_exists, mfa } = verdict;
  const values = { kind, outcome, reason, principal, user_exists, mfa, rules: rules(verdict).join(', ') };
  return new Map(Object.entries(values).flatMap(([name, value]) => (value ? [[name, value] as const] : [])));
}

/** Text that cannot be read is one value. */
const record = ({ refusal, text }: Compared) => (refusal ? new Map([['', text]]) : fields(text));

/** The values of JSON by their paths, as they are written. */
export function fields(text: string): Map<string, string> {
  const found = new Map<string, string>();
  /** The keys and indices on the way to the next value. */
  const path: (string | number)[] = [];
  const add = (value: string) => {
    const name = path.reduce<string>((name, part) => name + (typeof part === 'number' ? `[${part}]` : name ? `.${part}` : part), '');
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before}, ${value}`);
  };
  let previous = '';
  for (const token of tokensOf(text) ?? []) {
    const last = path.at(-1);
    if (token === '{' || token === '[') path.push(token === '[' ? 0 : '');
    else if (token === '}' || token === ']') {
      path.pop();
      if (previous === '{' || previous === '[') add(previous + token);
    } else if (token === ',') {
      if (typeof last === 'number') path[path.length - 1] = last + 1;
    } else if (token !== ':') {
      const isKey = typeof last === 'string' && previous !== ':';
      if (isKey) path[path.length - 1] = token.slice(1, -1);
      else add(token);
    }
    previous = token;
  }
  return found;
}
