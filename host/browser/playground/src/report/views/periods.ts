/** Buttons for the periods, if silence divides what there is into several. */
import { html, nothing } from 'lit-html';
import { day } from '../time';
import type { Timed } from '../view';
import { amount } from '../words';

/** How many of the last periods have a button. */
const LAST = 6;

export function periods(view: Timed) {
  const { periods, selection, total } = view;
  const { from, to, zone } = selection;
  if (periods.length < 2) return nothing;
  const all = { from: periods[0]!.from, to: periods.at(-1)!.to, attempts: total };
  return [...periods.slice(-LAST), all].map((period) => {
    const isShown = period.from === from && period.to === to;
    const [begin, end] = [day(period.from, zone), day(period.to, zone)];
    const name = period === all ? 'All' : begin === end ? begin : `${begin} to ${end}`;
    return html`<button aria-pressed=${isShown} @click=${() => view.show(period)}>${name} <b>${amount(period.attempts)}</b></button>`;
  });
}
