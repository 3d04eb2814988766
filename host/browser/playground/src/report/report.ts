/** The views of a report, in their order. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { Chart } from './chart';
import type { Data } from './data';
import { bars, heat, pairs, selected, selection, type Selection } from './selection';
import type { Zone } from './time';
import { OUTCOMES, type Outcome, type Period, type Trail, trail } from './trail';
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
/** The shortest stretch that is shown, in seconds. */
const SHORTEST = 60;

/** A report on a page: what is selected, and how it is drawn. */
export class Report implements View {
  readonly trail: Trail;
  selection: Selection;
  pages: Pages = { pairs: 1, attempts: 1, cards: 1 };
  pointed = '';
  readonly #chart: Chart;
  readonly #update: () => void;

  /** `update` is called when it has to be drawn again. */
  constructor(data: Data, update: () => void) {
    this.trail = trail(data);
    this.selection = selection(this.trail);
    this.#update = update;
    this.#chart = new Chart(
      (from, to) => this.select({ from, to }),
      (text) => {
        if (text === this.pointed) return;
        this.pointed = text;
        update();
      },
    );
  }

  select(changes: Partial<Selection>) {
    const changed = { ...this.selection, ...changes };
    if (changed.to - changed.from < SHORTEST) changed.to = changed.from + SHORTEST;
    this.selection = changed;
    this.pages = { ...this.pages, pairs: 1, attempts: 1 };
    this.#update();
  }

  show({ from, to }: Period) {
    this.select({ from, to });
  }

  showFinding({ first, last }: { first: number; last: number }) {
    const margin = Math.max((last - first) * MARGIN, LEAST_MARGIN);
    const all = { outcomes: new Set(OUTCOMES), person: undefined, address: undefined };
    this.select({ ...all, from: Math.floor(first - margin), to: Math.ceil(last + margin) });
    this.#chart.element.closest('section')?.scrollIntoView({ block: 'start' });
  }

  move(by: number, times = 1) {
    const { from, to } = this.selection;
    const [middle, half] = [(from + to) / 2 + (to - from) * by, Math.max(((to - from) * times) / 2, SHORTEST / 2)];
    this.select({ from: Math.floor(middle - half), to: Math.ceil(middle + half) });
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
    const indices = selected(this.trail, this.selection);
    const counted = bars(this.trail, indices, this.selection);
    const shown = this.trail.findings.filter(({ first, last }) => last >= this.selection.from && first <= this.selection.to);
    // After lit has put the chart on the page, so that it has a width.
    queueMicrotask(() => this.#chart.show(counted, shown, this.selection));
    return html`
      <div class="report">
        ${toolbar(this, indices.length)} ${timeline(this, counted, this.#chart.element)} ${cards(this, shown)}
        ${week(this, heat(this.trail, indices, this.selection.zone))} ${people(this, pairs(this.trail, indices))}
        ${attemptsTable(this, indices)} ${hasFoot ? html`${unread(this.trail)} ${foot(this.trail)}` : nothing}
      </div>
    `;
  }

  /** Draws the chart in other colours. */
  redraw() {
    this.#chart.redraw();
  }
}
