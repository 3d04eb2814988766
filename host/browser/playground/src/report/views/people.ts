/** Who came from where. */
import { html, nothing } from 'lit-html';
import type { Pair } from '../selection';
import { time } from '../time';
import { PAGE, type View } from '../view';
import { amount, counted, words } from '../words';

export function people(report: View, pairs: Pair[]) {
  const shown = pairs.slice(0, report.pages.pairs * PAGE);
  return html`
    <section aria-labelledby="people-title">
      <h2 id="people-title">Who, from where</h2>
      <p>${counted(pairs.length, 'combination')} of identity and address, the most attempts first.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Identities and addresses">
        <table class="fold">
          <thead>
            <tr>
              ${['Identity', 'Address', 'Attempts', 'Successes', 'First', 'Last', 'Factors'].map(
                (title, place) => html`<th scope="col" class=${place === 2 || place === 3 ? 'number' : ''}>${title}</th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${shown.map((pair) => row(report, pair))}
          </tbody>
        </table>
      </div>
      ${shown.length < pairs.length ? html`<button @click=${() => report.more('pairs')}>More rows</button>` : nothing}
    </section>
  `;
}

function row(report: View, { person, address, attempts, successes, failures, first, last, factors }: Pair) {
  const { trail, selection } = report;
  const { name, id } = trail.people[person]!;
  const { texts } = trail.data;
  const concluded = successes + failures;
  const rate = concluded === 0 ? '' : `${amount(successes)} of ${amount(concluded)} (${Math.round((100 * successes) / concluded)} %)`;
  return html`
    <tr>
      <th scope="row" class="who">
        <button class="plain" @click=${() => report.select({ person })}>${name}</button>
        ${id && id !== name ? html`<br /><span class="faint id">${id}</span>` : nothing}
      </th>
      <td class="address"><button class="plain" @click=${() => report.select({ address })}>${texts[address] ?? '(none)'}</button></td>
      <td data-label="Attempts" class="number">${amount(attempts)}</td>
      <td data-label="Successes" class="number">${rate}</td>
      <td data-label="First" class="time">${time(first, selection.zone)}</td>
      <td data-label="Last" class="time">${time(last, selection.zone)}</td>
      <td data-label="Factors">${[...factors].map((factor) => words(texts[factor] ?? '')).join(', ')}</td>
    </tr>
  `;
}
