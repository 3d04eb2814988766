/** The list of records: searched, filtered and sorted. */
import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Actions } from '../actions';
import type { List } from '../list';
import { timeline } from '../report/views/timeline';
import { periods } from '../report/views/periods';
import { type Column, cell, outcome } from '../rows';
import type { State } from '../state';
import type { Row } from '../table';
import { amount, texts, words } from '../texts';

const OUTCOMES = ['success', 'failure', 'denied', 'challenged', 'unknown', 'no_signin', 'unreadable'];
/** The columns whose values do not say by themselves what they are. */
const LABELLED = new Set<Column>(['principal', 'mfa', 'rules']);
/** A chart of fewer rows tells nothing. */
const CHARTED = 10;
const names: Record<string, string> = { all: texts.all, no_signin: texts.noSignin, unreadable: texts.unreadable };
const time = (text: string | null) => text?.replace('T', ' ').replace('Z', '');

export function list(state: State, list: List, actions: Actions) {
  const { found, query, rows, begin } = list;
  if (!found) return nothing;
  const hasRules = state.rules.length > 0;
  const columns = (Object.keys(texts.columns) as Column[]).filter((column) => column !== 'rules' || hasRules);
  return html`
    <div class="bar">
      <label>
        ${texts.filter}
        <input
          type="search"
          placeholder=${texts.filterNote}
          .value=${query.filter}
          @input=${(event: Event) => actions.filter((event.target as HTMLInputElement).value)}
        />
      </label>
    </div>
    ${outcomes(list, actions)} ${chart(list)}
    <div class="scroll" id="rows" tabindex="0" role="region" aria-label=${texts.list} @scroll=${actions.scrolled}>
      <div>
        <table class="list fold" aria-rowcount=${found.count + 1}>
          <thead>
            <tr aria-rowindex="1">
              ${columns.map((column) => heading(column, list, actions))}
            </tr>
          </thead>
          <tbody>
            ${repeat(
              rows,
              ({ index }) => index,
              (row, place) => html`
                <tr
                  aria-rowindex=${begin + place + 2}
                  class=${state.chosen?.index === row.index ? 'chosen' : ''}
                  @click=${() => actions.choose(row.index)}
                >
                  ${columns.map((column) => (column === 'time' ? first(state, row, actions) : entry(row, column)))}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    </div>
    <div class="bar">
      <span role="status">
        ${texts.rowsFound(found.count, found.total)} ${state.toCompare.length === 1 ? html`<br />${texts.compareNext}` : nothing}
      </span>
    </div>
  `;
}

/** The chart of the sign-ins that are listed, which the report has, too. */
function chart(list: List) {
  const { found, chart, selection } = list;
  if (!found || found.total < CHARTED) return nothing;
  // After lit has put the chart on the page, so that it has a width.
  queueMicrotask(() => chart.show(found.bars, selection));
  return html`
    <div class="report-bar">${periods(list)}</div>
    ${timeline(list, found.bars, chart.element, texts.signins)}
  `;
}

/** The count of each outcome; a click filters by it. */
function outcomes({ found, query }: List, actions: Actions) {
  const counts = found?.outcomes ?? {};
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const choices = OUTCOMES.flatMap((name) => (name in counts ? [[name, counts[name]!] as const] : []));
  return html`
    <div class="bar outcomes" role="group" aria-label=${texts.outcomes}>
      ${[['all', all] as const, ...choices].map(
        ([name, count]) => html`
          <button class="chip ${name}" aria-pressed=${query.outcome === name} @click=${() => actions.outcome(name)}>
            ${names[name] ?? name} <b>${amount(count)}</b>
          </button>
        `,
      )}
    </div>
  `;
}

function heading(column: Column, { query: { sort } }: List, actions: Actions) {
  const direction = sort.column !== column ? 'none' : sort.isDescending ? 'descending' : 'ascending';
  const arrow = { none: '', ascending: ' ↑', descending: ' ↓' }[direction];
  return html`
    <th scope="col" aria-sort=${direction}>
      <button class="plain" @click=${() => actions.sort(column)}>${texts.columns[column]}${arrow}</button>
    </th>
  `;
}

/** The time of a row, and the buttons that choose it. */
function first(state: State, row: Row, actions: Actions) {
  const on = (action: (index: number) => void) => (event: Event) => {
    event.stopPropagation();
    action(row.index);
  };
  const label = time(row.time) || texts.chosen(row.record);
  const isCompared = state.toCompare.includes(row.index);
  return html`
    <td>
      <button class="plain" aria-pressed=${state.chosen?.index === row.index} @click=${on(actions.choose)}>${label}</button>
      <button
        class="compare"
        title=${texts.compareWith}
        aria-label=${texts.compareOne(`${label} ${row.event ?? ''}`)}
        aria-pressed=${isCompared}
        @click=${on(actions.compare)}
      >
        ⇄
      </button>
    </td>
  `;
}

function entry(row: Row, column: Exclude<Column, 'time'>) {
  const text = cell(row, column);
  if (column === 'outcome') return html`<td class="value ${outcome(row)}">${names[text] ?? text}</td>`;
  const isName = column === 'reason' || column === 'principal' || column === 'mfa';
  return html`<td data-label=${LABELLED.has(column) ? texts.columns[column] : nothing}>${isName ? words(text) : text}</td>`;
}
