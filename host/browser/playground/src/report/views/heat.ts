/** A map of weekday and hour, of everybody or of one person. It is a table. */
import { html } from 'lit-html';
import { zoneName } from '../time';
import type { View } from '../view';
import { amount, counted } from '../words';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** Steps of colour. */
const STEPS = 6;
/** How many people can be chosen; others by the table below. */
const CHOICES = 200;

export function week(report: View, hours: number[]) {
  const { people } = report.trail;
  const { person, zone } = report.selection;
  const most = Math.max(...hours);
  const places = people.map((_, place) => place).sort((a, b) => people[b]!.attempts - people[a]!.attempts);
  const choose = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    report.select({ person: value === '' ? undefined : Number(value) });
  };
  return html`
    <section aria-labelledby="week-title">
      <h2 id="week-title">When in the week</h2>
      <div class="report-bar">
        <label>
          Of
          <select aria-label="Identity" @change=${choose}>
            <option value="" ?selected=${person === undefined}>everybody</option>
            ${places.slice(0, CHOICES).map(
              (place) =>
                html`<option value=${place} ?selected=${place === person}>${people[place]!.name} (${amount(people[place]!.attempts)})</option>`,
            )}
          </select>
        </label>
      </div>
      <div class="scroll" tabindex="0" role="region" aria-label="Attempts by weekday and hour">
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">${zoneName(zone)}</th>
              ${Array.from({ length: 24 }, (_, hour) => html`<th scope="col">${String(hour).padStart(2, '0')}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${DAYS.map(
              (name, day) => html`
                <tr>
                  <th scope="row"><abbr title=${name}>${name.slice(0, 3)}</abbr></th>
                  ${hours.slice(day * 24, day * 24 + 24).map((count, hour) => cell(count, most, `${name}, ${hour}:00: ${counted(count, 'attempt')}`))}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    </section>
  `;
}

function cell(count: number, most: number, title: string) {
  const step = count === 0 ? 0 : Math.max(1, Math.ceil((Math.log1p(count) / Math.log1p(most)) * STEPS));
  return html`<td class="step-${step}" title=${title}>${count === 0 ? '' : short(count)}</td>`;
}

/** Three digits at most fit into a cell. */
const short = (count: number) => (count < 1000 ? count : count < 1e6 ? `${Math.floor(count / 1000)}k` : `${Math.floor(count / 1e6)}M`);
