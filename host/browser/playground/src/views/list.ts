/** The list of records: searched, filtered and sorted. */
import { html, nothing } from 'lit-html';
import type { Actions } from '../actions';
import { PAGE, cell, outcome, view } from '../rows';
import type { Column, State } from '../state';
import { amount, texts, words } from '../texts';

const OUTCOMES = ['all', 'success', 'failure', 'denied', 'challenged', 'unknown', 'no_signin', 'unreadable'];
const names: Record<string, string> = { all: texts.all, no_signin: texts.noSignin, unreadable: texts.unreadable };
const time = (text: string) => text.replace('T', ' ').replace('Z', '');

export function list(state: State, actions: Actions) {
  const indices = view(state);
  const begin = Math.min(state.page * PAGE, Math.max(0, indices.length - 1));
  const shown = indices.slice(begin, begin + PAGE);
  const hasRules = state.rules.length > 0;
  const columns = (Object.keys(texts.columns) as Column[]).filter((column) => column !== 'rules' || hasRules);
  return html`
    <div class="bar">
      <label>
        ${texts.filter}
        <input
          type="search"
          placeholder=${texts.filterNote}
          .value=${state.filter}
          @input=${(event: Event) => actions.filter((event.target as HTMLInputElement).value)}
        />
      </label>
    </div>
    ${outcomes(state, actions)}
    <div class="scroll" tabindex="0" role="region" aria-label=${texts.list}>
      <table class="list">
        <thead>
          <tr>
            ${columns.map((column) => heading(column, state, actions))}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (index) => html`
              <tr
                class=${state.chosen?.index === index ? 'chosen' : ''}
                @click=${() => actions.choose(index)}
              >
                ${columns.map((column, place) => entry(state, index, column, place === 0, actions))}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    <div class="bar">
      <span role="status">${texts.rowsShown(begin + 1, begin + shown.length, indices.length)}</span>
      ${indices.length > PAGE
        ? html`
            <button ?disabled=${begin === 0} @click=${() => actions.page(state.page - 1)}>${texts.previous}</button>
            <button ?disabled=${begin + PAGE >= indices.length} @click=${() => actions.page(state.page + 1)}>${texts.next}</button>
          `
        : nothing}
    </div>
  `;
}

/** The count of each outcome; a click filters by it. */
function outcomes(state: State, actions: Actions) {
  const counts = new Map<string, number>();
  for (const row of state.rows) counts.set(outcome(row), (counts.get(outcome(row)) ?? 0) + 1);
  counts.set('all', state.rows.length);
  const choices = OUTCOMES.flatMap((name) => (counts.has(name) ? [[name, counts.get(name)!] as const] : []));
  return html`
    <div class="bar outcomes" role="group" aria-label=${texts.outcomes}>
      ${choices.map(
        ([name, count]) => html`
          <button
            class="chip ${name}"
            aria-pressed=${state.outcome === name}
            @click=${() => actions.outcome(state.outcome === name ? 'all' : name)}
          >
            ${names[name] ?? name} <b>${amount(count)}</b>
          </button>
        `,
      )}
    </div>
  `;
}

function heading(column: Column, { sort }: State, actions: Actions) {
  const direction = sort.column !== column ? 'none' : sort.isDescending ? 'descending' : 'ascending';
  const arrow = { none: '', ascending: ' ↑', descending: ' ↓' }[direction];
  return html`
    <th scope="col" aria-sort=${direction}>
      <button class="plain" @click=${() => actions.sort(column)}>${texts.columns[column]}${arrow}</button>
    </th>
  `;
}

function entry(state: State, index: number, column: Column, isFirst: boolean, actions: Actions) {
  const row = state.rows[index]!;
  const text = cell(row, column);
  if (isFirst) {
    const choose = (event: Event) => {
      event.stopPropagation();
      actions.choose(index);
    };
    const label = time(text) || texts.chosen(row.record);
    const isChosen = state.chosen?.index === index;
    return html`<td><button class="plain" aria-pressed=${isChosen} @click=${choose}>${label}</button></td>`;
  }
  if (column === 'outcome') return html`<td class="value ${text}">${names[text] ?? text}</td>`;
  const isName = column === 'reason' || column === 'principal' || column === 'mfa';
  return html`<td title=${text}>${isName ? words(text) : text}</td>`;
}
