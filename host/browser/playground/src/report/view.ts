/** What the views of a report draw, and what can be done in them. */
import type { Selection, Stretch } from './selection';
import type { Zone } from './time';
import type { Outcome, Period, Trail } from './trail';

/** How many rows or cards a view begins with, and shows more of. */
export const PAGE = 50;

/** How many pages of each view are shown. */
export type Pages = { pairs: number; attempts: number; cards: number };

/** A stretch of what there is, and what is done with a chart of it. */
export interface Timed {
  readonly selection: Stretch;
  readonly periods: Period[];
  /** How many attempts or rows there are, in all periods and without a time. */
  readonly total: number;

  /** Shows a period. */
  show(period: Pick<Period, 'from' | 'to'>): void;
  /** Moves the stretch by a part of its length, or makes it shorter or longer. */
  move(by: number, times?: number): void;
}

export interface View extends Timed {
  readonly trail: Trail;
  readonly selection: Selection;
  readonly pages: Pages;

  /** Shows something else. */
  select(changes: Partial<Selection>): void;
  /** Shows a finding, and the time around it. */
  showFinding(finding: { first: number; last: number }): void;
  /** Shows or hides an outcome. */
  toggle(outcome: Outcome): void;
  zone(zone: Zone): void;
  /** Shows one page more of a view. */
  more(of: keyof Pages): void;
}
