/** A row of the list: what its cells say. */
import type { Listed } from '../generated/sekisho_browser.js';
import { HIDDEN } from './report/words';

export type Column = 'time' | 'event' | 'user' | 'source_ip' | 'outcome' | 'reason' | 'principal' | 'mfa' | 'rules';

export const SILENCED = 'silenced';

/** The outcome of a row, for the filter. */
export function outcome({ verdict, refusal }: Pick<Listed, 'verdict' | 'refusal'>): string {
  if (refusal) return 'unreadable';
  return verdict && verdict.kind !== 'not_signin' ? verdict.outcome : 'no_signin';
}

/** What the cells of a row are made from. */
type Cells = Pick<Listed, 'verdict' | 'refusal' | 'event' | 'user' | 'source_ip'>;

/** The text of any cell but the time. */
export function cell(row: Cells, column: Exclude<Column, 'time'>): string {
  switch (column) {
    case 'outcome':
      return outcome(row);
    case 'reason':
      return row.verdict?.reason ?? '';
    case 'user':
      // AWS does not log the name that was typed.
      return row.user ?? (row.verdict?.user_exists === 'no' ? HIDDEN : '');
    case 'principal':
    case 'mfa':
      return row.verdict?.[column] ?? '';
    case 'rules':
      return rules(row.verdict).join(', ');
    default:
      return row[column] ?? '';
  }
}

/** The rules that match a row, marked if it is silenced for them. */
export const rules = (verdict: Listed['verdict']) =>
  (verdict?.rules ?? []).map((id) => (verdict?.silenced?.includes(id) ? `${id} (${SILENCED})` : id));
