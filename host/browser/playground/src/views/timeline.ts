/** Attempts and findings, as a report shows them. */
import { html, nothing } from 'lit-html';
import type { Actions } from '../actions';
import type { State } from '../state';
import { texts } from '../texts';

export function timeline({ report }: State, actions: Actions) {
  if (!report) return nothing;
  if (report.total === 0) return html`<p class="faint">${texts.noAttempts}</p>`;
  return html`
    <div class="bar"><button @click=${actions.saveReport}>${texts.saveReport}</button></div>
    ${report.render(false)}
  `;
}
