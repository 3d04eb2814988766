import { html, nothing } from 'lit-html';
import type { Actions } from '../actions';
import type { State } from '../state';
import { amount, texts } from '../texts';

export function footer(state: State, actions: Actions) {
  const { progress, measured, isReading } = state;
  return html`
    <div class="bar">
      <button @click=${actions.measure} ?disabled=${!state.isStarted || isReading || measured === 'running'}>
        ${measured === 'running' ? texts.measuring : texts.measure}
      </button>
      <span role="status" id="speed">
        ${measured && measured !== 'running'
          ? texts.measured(
              amount(perSecond(measured.records, measured.milliseconds)),
              amount(Math.round(measured.bytes / 1000 / measured.milliseconds)),
              measured.records,
            )
          : progress && !isReading
            ? texts.read(progress.records, size(progress.bytes), duration(progress.milliseconds))
            : nothing}
      </span>
    </div>
    <p class="faint">${texts.promise}</p>
    <div class="notice" role="status">${state.notice ?? nothing}</div>
  `;
}

/** Three digits: more would be noise. */
const perSecond = (count: number, milliseconds: number) =>
  Number(((count / milliseconds) * 1000).toPrecision(3));

const size = (bytes: number) =>
  bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const duration = (milliseconds: number) =>
  milliseconds < 1000 ? `${milliseconds.toPrecision(2)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
