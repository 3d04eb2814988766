/** Attempts over time: a chart, and the same as a table. */
import { html, nothing } from 'lit-html';
import type { Bars } from '../selection';
import { duration, span, time } from '../time';
import { OUTCOMES } from '../trail';
import type { View } from '../view';
import { amount } from '../words';

export function timeline(report: View, bars: Bars, chart: HTMLElement) {
  return html`
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">Attempts in each ${duration(bars.interval).replace(/^1 /, '').replace(/^min$/, 'minute').replace(/^h$/, 'hour').replace(/^d$/, 'day')}</h2>
      <div class="report-bar">
        <button @click=${() => report.move(-0.5)} aria-label="Earlier">←</button>
        <button @click=${() => report.move(0.5)} aria-label="Later">→</button>
        <button @click=${() => report.move(0, 0.5)}>Zoom in</button>
        <button @click=${() => report.move(0, 2)}>Zoom out</button>
        <button @click=${() => report.show(whole(report))}>Whole period</button>
        <span class="faint">Drag over the chart to zoom. ▼ marks a finding.</span>
      </div>
      <figure>
        ${chart}
        <figcaption class="below-pointer" aria-hidden="true">${report.pointed || '\u00a0'}</figcaption>
      </figure>
      <details>
        <summary>The chart as a table</summary>
        ${table(bars, report)}
      </details>
    </section>
  `;
}

/** The period around the middle of what is shown, or the largest. */
function whole({ trail, selection }: View) {
  const middle = (selection.from + selection.to) / 2;
  const distance = ({ from, to }: { from: number; to: number }) => Math.max(from - middle, middle - to, 0);
  return [...trail.periods].sort((a, b) => distance(a) - distance(b))[0] ?? { ...selection, attempts: 0 };
}

/** How many rows are drawn: nobody reads more. */
const ROWS_MAX = 500;

function table({ begins, interval, counts }: Bars, { selection }: View) {
  const rows = begins.map((_, place) => place).filter((place) => counts.some((series) => series[place]! > 0));
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Attempts over time">
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
