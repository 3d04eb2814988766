/** Attempts over time: a chart, and the same as a table. */
import { html, nothing } from 'lit-html';
import type { Bars } from '../selection';
import { DAY, HOUR, MINUTE, span, time } from '../time';
import { OUTCOMES } from '../trail';
import type { Timed } from '../view';
import { amount, counted } from '../words';

/** `what` says what is counted, `marks` what is marked in the chart. */
export function timeline(view: Timed, bars: Bars, chart: HTMLElement, what: string, marks = '') {
  return html`
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">${what} in each ${length(bars.interval)}</h2>
      <div class="report-bar">
        <button @click=${() => view.move(-0.5)} aria-label="Earlier">←</button>
        <button @click=${() => view.move(0.5)} aria-label="Later">→</button>
        <button @click=${() => view.move(0, 0.5)}>Zoom in</button>
        <button @click=${() => view.move(0, 2)}>Zoom out</button>
        <button @click=${() => view.show(whole(view))}>Whole period</button>
        <span class="faint"><span class="drag">Drag over the chart to zoom.</span> ${marks}</span>
      </div>
      <figure>${chart}</figure>
      <details>
        <summary>The chart as a table</summary>
        ${table(bars, view, what)}
      </details>
    </section>
  `;
}

/** `hour`, `5 minutes`. */
function length(interval: number) {
  const [unit, name] = interval < HOUR ? [MINUTE, 'minute'] : interval < DAY ? [HOUR, 'hour'] : [DAY, 'day'];
  return interval === unit ? name : counted(interval / unit, name);
}

/** The period around the middle of what is shown, or the largest. */
function whole({ periods, selection }: Timed) {
  const middle = (selection.from + selection.to) / 2;
  const distance = ({ from, to }: { from: number; to: number }) => Math.max(from - middle, middle - to, 0);
  return [...periods].sort((a, b) => distance(a) - distance(b))[0] ?? { ...selection, attempts: 0 };
}

/** How many rows are drawn: nobody reads more. */
const ROWS_MAX = 500;

function table({ begins, interval, counts }: Bars, { selection }: Timed, what: string) {
  const rows = begins.map((_, place) => place).filter((place) => counts.some((series) => series[place]! > 0));
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="${what} over time">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            ${OUTCOMES.map((name) => html`<th scope="col" class="number">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, ROWS_MAX).map(
            (place) => html`
              <tr>
                <th scope="row">${span(begins[place]!, begins[place]! + interval - 1, selection.zone)}</th>
                ${counts.map((series) => html`<td class="number">${series[place] ? amount(series[place]!) : ''}</td>`)}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    ${rows.length > ROWS_MAX ? html`<p>Only the rows until ${time(begins[rows[ROWS_MAX]!]!, selection.zone)}: zoom in for the others.</p>` : nothing}
  `;
}
