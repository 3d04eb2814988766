/** The rules, and why they match. */
import { html, nothing } from 'lit-html';
import type { Constraint, RuleMatch } from '../../generated/sekisho_browser.js';
import type { Actions } from '../actions';
import { presets } from '../presets';
import { SILENCED } from '../rows';
import type { State } from '../state';
import { texts } from '../texts';

export const rulesBar = (actions: Actions) => html`
  <div class="bar">
    <h2 id="rules-title">${texts.rules}</h2>
    <span class="space"></span>
    ${presets.map(
      (preset) => html`<button data-preset=${preset.name} @click=${() => actions.preset(preset)}>${preset.name}</button>`,
    )}
  </div>
`;

export function matches(state: State) {
  return html`
    <h2 id="matches-title">${texts.matches}</h2>
    ${state.problem
      ? html`<div class="problem" role="alert">${texts.invalid}<br /><b>${state.problem.message}</b></div>`
      : nothing}
    ${state.rules.length === 0 ? html`<p class="faint">${texts.noRules}</p>` : body(state)}
  `;
}

function body({ rules, progress, chosen }: State) {
  const ofRecords = rules.filter(({ kind }) => kind === 'record');
  const others = rules.length - ofRecords.length;
  const matching = chosen?.matches?.filter(({ matches }) => matches).length ?? 0;
  return html`
    ${chosen?.matches
      ? html`<p role="status">${texts.ruleCounts(matching, ofRecords.length)}.</p>`
      : html`<p class="faint">${texts.noRecord}</p>`}
    ${ofRecords.map(({ id }) => {
      const match = chosen?.matches?.find((match) => match.id === id);
      const found = progress?.matching[id] ?? 0;
      return html`
        <details class="rule" data-rule=${id} ?open=${ofRecords.length === 1}>
          <summary>
            ${match ? mark(match.matches) : nothing} <code>${id}</code>
            ${chosen?.listed.verdict?.silenced?.includes(id) ? html`<b>${SILENCED}</b>` : nothing}
            <span class="faint">${texts.matching(found)}</span>
          </summary>
          ${match ? tree(match) : nothing}
        </details>
      `;
    })}
    ${others > 0 ? html`<p class="faint">${texts.ofAttempts(others)}</p>` : nothing}
  `;
}

const mark = (passes: boolean) =>
  html`<span class="mark ${passes ? 'success' : 'failure'}">${passes ? `✓ ${texts.yes}` : `✗ ${texts.no}`}</span>`;

/** The constraints of a pattern, and the values that the record has. */
const tree = ({ constraints }: RuleMatch) => html`
  <ul class="tree">
    ${constraints.map(
      (one) => html`<li style="--depth: ${one.depth}">${mark(one.passes)} ${constraint(one)}</li>`,
    )}
  </ul>
`;

function constraint({ path, expected, found, depth }: Constraint) {
  if (expected === null) return depth % 2 === 0 ? texts.oneOf(path) : texts.allOf;
  return html`<code>${texts.constraint(path, expected)}</code>, <span class="faint">${texts.found(found)}</span>`;
}
