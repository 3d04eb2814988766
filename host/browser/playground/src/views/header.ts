import { html } from 'lit-html';
import type { Actions } from '../actions';
import type { State } from '../state';
import { texts } from '../texts';

export const header = (state: State, actions: Actions) => html`
  <div>
    <h1>${texts.title}</h1>
    <p>${texts.lead}</p>
  </div>
  <div class="bar">
    <button @click=${actions.share} ?disabled=${!state.isStarted}>${texts.share}</button>
    <label>
      ${texts.theme}
      <select @change=${(event: Event) => actions.theme((event.target as HTMLSelectElement).value)}>
        ${Object.entries(texts.themes).map(
          ([name, text]) => html`<option value=${name} ?selected=${state.theme === name}>${text}</option>`,
        )}
      </select>
    </label>
  </div>
`;
