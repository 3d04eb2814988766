/** Two records beside each other: what differs is marked. */
import { html, nothing } from 'lit-html';
import type { Actions } from '../actions';
import { type Comparison, type Pair, differs } from '../compare';
import { cell } from '../rows';
import type { Row } from '../table';
import { texts, words } from '../texts';

export function comparison({ rows, verdict, record }: Comparison, actions: Actions) {
  const all = [...verdict, ...record];
  return html`
    <article aria-labelledby="comparison">
      <div class="bar">
        <h3 id="comparison" tabindex="-1">${texts.comparison}</h3>
        <span role="status">${texts.fieldsDiffer(all.filter(differs).length, all.length)}</span>
        <label class="only-different"><input type="checkbox" /> ${texts.onlyDifferent}</label>
        <span class="space"></span>
        <button @click=${actions.endComparison}>${texts.close}</button>
      </div>
      <table class="comparison">
        <thead>
          <tr>
            <th scope="col">${texts.field}</th>
            ${rows.map((row) => html`<th scope="col">${title(row)}</th>`)}
          </tr>
        </thead>
        ${group(texts.verdicts, verdict, words)} ${group(texts.record, record, (path) => path || texts.wholeText)}
      </table>
    </article>
  `;
}

const title = (row: Row) => [row.time ?? texts.chosen(row.record), row.event, cell(row, 'user')].filter(Boolean).join(', ');

const group = (name: string, pairs: Pair[], title: (field: string) => string) => html`
  <tbody>
    <tr>
      <th scope="rowgroup" colspan="3">${name}</th>
    </tr>
    ${pairs.map((pair) => {
      const isDifferent = differs(pair);
      return html`
        <tr class=${isDifferent ? 'differs' : 'same'}>
          <th scope="row">
            ${isDifferent ? html`<span aria-hidden="true">≠</span> <span class="hidden">${texts.differs}</span>` : nothing} <code>${title(pair.field)}</code>
          </th>
          ${pair.values.map((value) => html`<td>${value === undefined ? texts.absent : isDifferent ? html`<mark><code>${value}</code></mark>` : html`<code>${value}</code>`}</td>`)}
        </tr>
      `;
    })}
  </tbody>
`;
