/** Attempts, one in each row. */
import { html, nothing } from 'lit-html';
import { time } from '../time';
import { OUTCOMES, text } from '../trail';
import { PAGE, type View } from '../view';
import { amount, words } from '../words';

export function attemptsTable(report: View, indices: number[]) {
  const shown = indices.slice(0, report.pages.attempts * PAGE);
  return html`
    <section aria-labelledby="attempts-title">
      <h2 id="attempts-title">Attempts</h2>
      <div class="scroll tall" tabindex="0" role="region" aria-label="List of attempts">${rows(report, shown)}</div>
      <div class="report-bar">
        <span role="status">${amount(shown.length)} of ${amount(indices.length)}</span>
        ${shown.length < indices.length ? html`<button @click=${() => report.more('attempts')}>More rows</button>` : nothing}
      </div>
    </section>
  `;
}

const COLUMNS = ['Time', 'Identity', 'Address', 'Outcome', 'Factor', 'Failed before', 'Notes'];

export function rows(report: View, indices: number[]) {
  return html`
    <table class="fold">
      <thead>
        <tr>
          ${COLUMNS.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${indices.map((index) => row(report, index))}
      </tbody>
    </table>
  `;
}

function row({ trail, selection }: View, index: number) {
  const { attempts, data } = trail;
  const { name, id } = trail.people[trail.person[index]!]!;
  const value = (column: 'reason' | 'mfa' | 'source_ip' | 'flags' | 'rules' | 'silenced') => text(data, attempts[column][index]);
  const outcome = OUTCOMES[trail.outcome[index]!]!;
  const silenced = value('silenced');
  const notes = [words(value('flags')), value('rules'), silenced ? `silenced: ${silenced}` : ''];
  return html`
    <tr>
      <td class="time">${time(attempts.first[index]!, selection.zone)}</td>
      <td class="who" title=${id}>${name}</td>
      <td class="address">${value('source_ip')}</td>
      <td><span class="swatch ${outcome}"></span>${outcome}${value('reason') ? `: ${words(value('reason'))}` : ''}</td>
      <td data-label="Factor">${words(value('mfa'))}</td>
      <td data-label="Failed before">${attempts.failures_before[index] || ''}</td>
      <td>${notes.filter(Boolean).join('; ')}</td>
    </tr>
  `;
}
