/** What is shown: a period, outcomes, a person, an address. */
import { html, nothing } from 'lit-html';
import { span, zoneName } from '../time';
import { OUTCOMES, type Trail } from '../trail';
import type { View } from '../view';
import { amount, counted } from '../words';
import { periods } from './periods';

export function toolbar(report: View, shown: number) {
  const { trail, selection } = report;
  const { from, to, person, address, zone } = selection;
  return html`
    <div class="report-bar" role="group" aria-label="What is shown">
      ${periods(report)} ${outcomes(report)}
      <label>
        Times in
        <select @change=${(event: Event) => report.zone((event.target as HTMLSelectElement).value === 'local' ? 'local' : 'utc')}>
          <option value="utc" ?selected=${zone === 'utc'}>UTC</option>
          <option value="local" ?selected=${zone === 'local'}>local time (${zoneName('local')})</option>
        </select>
      </label>
      ${person === undefined
        ? nothing
        : html`<button @click=${() => report.select({ person: undefined })}>only ${trail.people[person]!.name} ✕</button>`}
      ${address === undefined
        ? nothing
        : html`<button @click=${() => report.select({ address: undefined })}>only ${trail.data.texts[address] ?? 'no address'} ✕</button>`}
    </div>
    <p class="shown" role="status">
      ${counted(shown, 'attempt')} of ${amount(trail.order.length)} shown: ${span(from, to, zone)} ${zoneName(zone)}
    </p>
  `;
}

function outcomes(report: View) {
  const counts = totals(report.trail);
  return OUTCOMES.flatMap((name, place) => {
    if (counts[place] === 0) return [];
    const isShown = report.selection.outcomes.has(name);
    return html`
      <button aria-pressed=${isShown} @click=${() => report.toggle(name)}>
        <span class="swatch ${name}"></span>${name} <b>${amount(counts[place]!)}</b>
      </button>
    `;
  });
}

function totals({ outcome }: Trail) {
  const counts = OUTCOMES.map(() => 0);
  for (const place of outcome) counts[place]! += 1;
  return counts;
}
