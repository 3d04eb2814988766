/** What the views of a report draw, and what can be done in them. */
import type { Selection } from './selection';
import type { Zone } from './time';
import type { Outcome, Period, Trail } from './trail';

/** How many rows or cards a view begins with, and shows more of. */
export const PAGE = 50;

/** How many pages of each view are shown. */
export type Pages = { pairs: number; attempts: number; cards: number };

export interface View {
  readonly trail: Trail;
  readonly selection: Selection;
  readonly pages: Pages;
  /** The counts below the pointer. */
  readonly pointed: string;

  /** Shows something else. */
  select(changes: Partial<Selection>): void;
  /** Shows a period. */
  show(period: Period): void;
  /** Shows a finding, and the time around it. */
  showFinding(finding: { first: number; last: number }): void;
  /** Moves the stretch by a part of its length, or makes it shorter or longer. */
  move(by: number, times?: number): void;
  /** Shows or hides an outcome. */
  toggle(outcome: Outcome): void;
  zone(zone: Zone): void;
  /** Shows one page more of a view. */
  more(of: keyof Pages): void;
}
