/** The list of records: what is searched for, its chart, and the rows that are on the page. */
import { engine } from './engine';
import { Chart } from './report/chart';
import { type Stretch, moved, shown } from './report/selection';
import type { Timed } from './report/view';
import type { Found, Query, Row } from './table';

/** How many rows are on the page at most. */
export const ROWS = 60;
/** The height of the chart, in pixels. */
const CHART_HEIGHT = 150;
/** How much longer than a search takes it waits for the next while a file is read. */
const PATIENCE = 10;

const EVERYTHING: Query = { filter: '', outcome: 'all', sort: { column: 'time', isDescending: false } };

export class List implements Timed {
  query = EVERYTHING;
  found: Found | undefined;
  /** The rows on the page, and the place of the first. */
  rows: Row[] = [];
  begin = 0;
  /** Whether the list was scrolled so far that none of the rows before is seen. */
  isFar = false;
  /** Whether other rows are found than before: the list begins at its top. */
  isFresh = false;
  readonly chart = new Chart((from, to) => this.show({ from, to }), CHART_HEIGHT);
  selection: Stretch = { from: 0, to: 0, zone: 'utc' };
  readonly #update: () => void;
  /** Counts searches: the answer to an earlier one is dropped. */
  #searches = 0;
  #next = 0;

  /** `update` is called when it has to be drawn again. */
  constructor(update: () => void) {
    this.#update = update;
  }

  get periods() {
    return this.found?.periods ?? [];
  }

  get total() {
    return this.found?.total ?? 0;
  }

  /** Lists everything that is read next. */
  reset() {
    this.query = { ...EVERYTHING, sort: this.query.sort };
  }

  /** Forgets the rows, because others are read. */
  clear() {
    this.#searches += 1;
    this.#next = 0;
    Object.assign(this, { found: undefined, rows: [], begin: 0, isFresh: true });
  }

  /** Searches for something else. */
  search(changes: Partial<Query>) {
    this.query = { ...this.query, ...changes };
    // What is typed is seen at once, what is found when the worker has answered.
    this.#update();
    return this.#find(0, true);
  }

  /** Searches again, because there are more rows. */
  async refresh() {
    await this.#find(this.begin, false);
  }

  /** The same while a file is read, but not too often. */
  async refreshSometimes() {
    const begin = performance.now();
    if (begin < this.#next) return;
    this.#next = Infinity;
    await this.refresh();
    const end = performance.now();
    this.#next = end + PATIENCE * (end - begin);
  }

  async #find(begin: number, isFresh: boolean) {
    const mine = ++this.#searches;
    const [found, rows] = await Promise.all([engine.find(this.query), engine.rows(begin, begin + ROWS)]);
    if (mine !== this.#searches) return;
    const { from, to } = this.query.period ?? { from: found.periods[0]?.from ?? 0, to: found.periods.at(-1)?.to ?? 0 };
    Object.assign(this, { found, rows, begin, selection: { from, to, zone: 'utc' } });
    this.isFresh ||= isFresh;
    this.#update();
  }

  /** Puts other rows on the page, of which this is the first. */
  async scroll(place: number, isFar: boolean) {
    const begin = Math.max(0, Math.min(place, (this.found?.count ?? 0) - ROWS));
    const mine = this.#searches;
    if (begin === this.begin && !isFar) return;
    const rows = await engine.rows(begin, begin + ROWS);
    if (mine !== this.#searches) return;
    Object.assign(this, { rows, begin, isFar });
    this.#update();
  }

  show({ from, to }: { from: number; to: number }) {
    const isWhole = from <= (this.periods[0]?.from ?? 0) && to >= (this.periods.at(-1)?.to ?? 0);
    void this.search({ period: isWhole ? undefined : shown({ from, to }) });
  }

  move(by: number, times = 1) {
    this.show(moved(this.selection, by, times));
  }
}
