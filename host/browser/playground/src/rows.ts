/** The rows of the list: filter and order. */
import type { Listed } from '../generated/sekisho_browser.js';
import type { Column, State } from './state';
import { texts } from './texts';

export const PAGE = 100;

/** The outcome of a row, for the filter. */
export function outcome({ verdict, refusal }: Listed): string {
  if (refusal) return 'unreadable';
  return verdict && verdict.kind !== 'not_signin' ? verdict.outcome : 'no_signin';
}

export function cell(row: Listed, column: Column): string {
  switch (column) {
    case 'outcome':
      return outcome(row);
    case 'reason':
      return row.verdict?.reason ?? '';
    case 'user':
      // AWS does not log the name that was typed.
      return row.user ?? (row.verdict?.user_exists === 'no' ? texts.hidden : '');
    case 'principal':
    case 'mfa':
      return row.verdict?.[column] ?? '';
    case 'rules':
      return rules(row).join(', ');
    default:
      return row[column] ?? '';
  }
}

/** The rules that match a row, marked if it is silenced for them. */
const rules = ({ verdict }: Listed) =>
  (verdict?.rules ?? []).map((id) => (verdict?.silenced?.includes(id) ? `${id} (${texts.isSilenced})` : id));

/** The indices of the rows that pass the filters, sorted. */
export function view({ rows, filter, outcome: wanted, sort }: State): number[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (row: Listed) => {
    const { verdict, refusal } = row;
    const text = [row.time, row.event, row.user, row.source_ip, row.account, row.region]
      .concat(verdict ? [verdict.kind, verdict.outcome, verdict.reason, verdict.principal, verdict.mfa] : [])
      .concat(rules(row), refusal?.message ?? [])
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const indices: number[] = [];
  rows.forEach((row, index) => {
    if ((wanted === 'all' || outcome(row) === wanted) && has(row)) indices.push(index);
  });
  const keys = new Map(indices.map((index) => [index, cell(rows[index]!, sort.column)]));
  const sign = sort.isDescending ? -1 : 1;
  return indices.sort((a, b) => {
    const [x, y] = [keys.get(a)!, keys.get(b)!];
    return x === y ? a - b : x < y ? -sign : sign;
  });
}
