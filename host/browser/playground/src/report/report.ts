/** The views of a report, in their order. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { Chart } from './chart';
import type { Data } from './data';
import { type Bars, type Pair, type Selection, bars, heat, moved, pairs, selected, selection, shown } from './selection';
import type { Zone } from './time';
import { type Finding, OUTCOMES, type Outcome, type Period, type Trail, trail } from './trail';
import { attemptsTable } from './views/attempts';
import { cards } from './views/findings';
import { week } from './views/heat';
import { people } from './views/people';
import { foot, unread } from './views/reading';
import { timeline } from './views/timeline';
import { toolbar } from './views/toolbar';
import 'uplot/dist/uPlot.min.css';
import './report.css';
import type { Pages, View } from './view';

/** The room around a finding that is shown, as a part of its length, and at least in seconds. */
const MARGIN = 0.5;
const LEAST_MARGIN = 300;
/** What the views show of a selection. */
type Counted = { selection: Selection; indices: number[]; bars: Bars; findings: Finding[]; hours: number[]; pairs: Pair[] };

/** A report on a page: what is selected, and how it is drawn. */
export class Report implements View {
  readonly trail: Trail;
  selection: Selection;
  pages: Pages = { pairs: 1, attempts: 1, cards: 1 };
  readonly #chart = new Chart((from, to) => this.select({ from, to }));
  readonly #update: () => void;
  #counted: Counted | undefined;

  /** `update` is called when it has to be drawn again. */
  constructor(data: Data, update: () => void) {
    this.trail = trail(data);
    this.selection = selection(this.trail);
    this.#update = update;
  }

  get periods() {
    return this.trail.periods;
  }

  get total() {
    return this.trail.order.length;
  }

  select(changes: Partial<Selection>) {
    this.selection = shown({ ...this.selection, ...changes });
    this.pages = { ...this.pages, pairs: 1, attempts: 1 };
    this.#update();
  }

  show({ from, to }: Pick<Period, 'from' | 'to'>) {
    this.select({ from, to });
  }

  showFinding({ first, last }: { first: number; last: number }) {
    const margin = Math.max((last - first) * MARGIN, LEAST_MARGIN);
    const all = { outcomes: new Set(OUTCOMES), person: undefined, address: undefined };
    this.select({ ...all, from: Math.floor(first - margin), to: Math.ceil(last + margin) });
    this.#chart.element.closest('section')?.scrollIntoView({ block: 'start' });
  }

  move(by: number, times = 1) {
    this.select(moved(this.selection, by, times));
  }

  toggle(outcome: Outcome) {
    const outcomes = new Set(this.selection.outcomes);
    if (!outcomes.delete(outcome)) outcomes.add(outcome);
    this.select({ outcomes });
  }

  zone(zone: Zone) {
    this.select({ zone });
  }

  more(table: keyof Pages) {
    this.pages = { ...this.pages, [table]: this.pages[table] + 1 };
    this.#update();
  }

  /** The views; without `foot` on a page that says elsewhere what was read. */
  render(hasFoot: boolean): TemplateResult {
    const { indices, bars, findings, hours, pairs } = this.#count();
    // After lit has put the chart on the page, so that it has a width.
    queueMicrotask(() => this.#chart.show(bars, this.selection, findings));
    return html`
      <div class="report">
        ${toolbar(this, indices.length)} ${timeline(this, bars, this.#chart.element, 'Attempts', '▼ marks a finding.')} ${cards(this, findings)}
        ${week(this, hours)} ${people(this, pairs)} ${attemptsTable(this, indices)}
        ${hasFoot ? html`${unread(this.trail)} ${foot(this.trail)}` : nothing}
      </div>
    `;
  }

  /** Counts what is selected, once for each selection. */
  #count(): Counted {
    const { trail, selection } = this;
    if (this.#counted?.selection === selection) return this.#counted;
    const indices = selected(trail, selection);
    const { outcome, attempts } = trail;
    return (this.#counted = {
      selection,
      indices,
      bars: bars({ first: attempts.first, outcome }, indices, selection),
      findings: trail.findings.filter(({ first, last }) => last >= selection.from && first <= selection.to),
      hours: heat(trail, indices, selection.zone),
      pairs: pairs(trail, indices),
    });
  }

  /** Draws the chart in other colours. */
  redraw() {
    this.#chart.redraw();
  }
}
