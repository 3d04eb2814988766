/** One record: its verdict, and why. */
import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { Decided, Field } from '../../generated/sekisho_browser.js';
import type { Actions } from '../actions';
import { FORMS, type Form } from '../forms';
import { outcome } from '../rows';
import type { Chosen, State } from '../state';
import { describe, texts, words } from '../texts';

export function record(chosen: Chosen, state: State, actions: Actions) {
  const { listed, explanation, json } = chosen;
  const { verdict, refusal } = listed;
  const text = refusal ? texts.refused : verdict ? describe(verdict) : texts.notOurs;
  return html`
    <article aria-label=${texts.chosen(listed.record)}>
      <p class="verdict ${outcome(listed)}" role="status" data-outcome=${outcome(listed)}>${text}</p>
      ${refusal ? html`<p>${refusal.message}.</p>` : nothing}
      ${verdict?.silenced ? html`<p class="silenced">${texts.silenced(verdict.silenced, verdict.silenced_by ?? [])}.</p>` : nothing}
      ${!verdict && !refusal ? html`<p class="faint">${texts.notOursWhy}</p>` : nothing}
      ${explanation ? values(explanation.values, actions) : nothing}
      ${json
        ? html`
            <div class="bar">
              <select
                aria-label=${texts.form}
                .value=${live(state.form)}
                @change=${(event: Event) => actions.form((event.target as HTMLSelectElement).value as Form)}
              >
                ${FORMS.map((form) => html`<option value=${form}>${texts.forms[form]}</option>`)}
              </select>
              <code class="json" tabindex="0" role="region" aria-label=${texts.verdict}>${json}</code>
              <button @click=${() => actions.copy(json)}>${texts.copyVerdict}</button>
            </div>
          `
        : nothing}
    </article>
  `;
}

const values = (values: Decided[], actions: Actions) => html`
  <table class="values">
    <thead>
      <tr>
        <th scope="col" colspan="2">${texts.key}</th>
        <th scope="col">${texts.why}</th>
      </tr>
    </thead>
    <tbody>
      ${values.map(
        (decided) => html`
          <tr
            data-key=${decided.key}
            @mouseenter=${() => actions.point(decided.key)}
            @mouseleave=${() => actions.point(null)}
            @focusin=${() => actions.point(decided.key)}
            @focusout=${() => actions.point(null)}
          >
            <th scope="row">${words(decided.key)}</th>
            <td class="value ${decided.key === 'outcome' ? decided.value : ''}">${words(decided.value ?? '–')}</td>
            <td>
              ${decided.line}
              <ul class="fields">
                ${decided.fields.map((field) => html`<li>${one(field, actions)}</li>`)}
              </ul>
            </td>
          </tr>
        `,
      )}
    </tbody>
  </table>
`;

function one({ path, value, place }: Field, actions: Actions) {
  if (value === null) return html`<code>${path}</code> ${texts.absent}`;
  const shown = html`<code>${path}</code> = <code>${value}</code>`;
  if (!place) return html`${shown} <span class="faint">${texts.inText}</span>`;
  return html`<button class="plain" @click=${() => actions.reveal(place.from)}>${shown}</button>`;
}
