/** The result: one verdict, or a list. */
import { html, nothing } from 'lit-html';
import type { Actions } from '../actions';
import type { List } from '../list';
import { type State, isSingle } from '../state';
import { amount, texts } from '../texts';
import { comparison } from './comparison';
import { list as listed } from './list';
import { record } from './record';
import { timeline } from './timeline';

export function answer(state: State, list: List, actions: Actions) {
  return html`
    <h2 id="answer-title">${texts.answer}</h2>
    ${body(state, list, actions)}
  `;
}

function body(state: State, list: List, actions: Actions) {
  if (state.failed) return html`<p class="problem" role="alert">${texts.failed(state.failed)}</p>`;
  if (!state.isStarted) return html`<p class="faint">${texts.starting}</p>`;
  const isEmpty = !state.progress?.rows && state.readErrors.length === 0 && !state.file;
  if (isEmpty) return html`<p class="faint">${texts.nothing}</p>`;
  if (isSingle(state)) return html`${withoutRecord(state)} ${state.chosen ? record(state.chosen, state, actions) : nothing}`;
  return html`
    ${reading(state, actions)} ${noRecord(state)} ${withoutRecord(state)} ${readErrors(state)}
    <div class="tabs" role="tablist" aria-label=${texts.answer} @keydown=${actions.moveTab}>
      ${(['list', 'timeline'] as const).map(
        (tab) => html`
          <button
            role="tab"
            id="tab-${tab}"
            aria-controls="panel"
            aria-selected=${state.tab === tab}
            tabindex=${state.tab === tab ? 0 : -1}
            @click=${() => actions.tab(tab)}
          >
            ${texts[tab]}
          </button>
        `,
      )}
    </div>
    <div id="panel" role="tabpanel" aria-labelledby="tab-${state.tab}">
      ${state.tab === 'list' ? listed(state, list, actions) : timeline(state, actions)}
    </div>
    ${state.tab === 'list' ? below(state, actions) : nothing}
  `;
}

/** Below the list: two records beside each other, or the chosen one. */
function below(state: State, actions: Actions) {
  if (state.comparison) return comparison(state.comparison, actions);
  return state.chosen ? record(state.chosen, state, actions) : nothing;
}

function reading({ progress, isReading, file }: State, actions: Actions) {
  if (!progress) return nothing;
  return html`
    <p class="counts">
      ${texts.counts(progress.records, progress.signins)}
      ${isReading && file
        ? html`
            <label>${texts.readingFile} <progress max="1" .value=${progress.share}></progress></label>
            <button @click=${actions.stop}>${texts.cancel}</button>
          `
        : nothing}
      ${progress.left_out > 0 ? html`<br />${texts.leftOut(progress.left_out)}` : nothing}
    </p>
  `;
}

/** Says that nothing of what was read is a record. What else there is to say of it follows. */
function noRecord({ progress, isReading }: State) {
  if (!progress || isReading) return nothing;
  if (progress.records > progress.without_record.count + progress.unreadable) return nothing;
  return html`<p class="problem" id="no-record">${texts.noRecordAtAll}</p>`;
}

/** Says what was read that holds no record. */
function withoutRecord({ progress }: State) {
  if (!progress?.without_record.count) return nothing;
  return html`<p class="problem" id="without-record">${texts.withoutRecord(progress.without_record)}</p>`;
}

/** How many errors are shown. */
const READ_ERRORS_SHOWN = 5;

function readErrors({ readErrors }: State) {
  if (readErrors.length === 0) return nothing;
  return html`
    <div class="problem">
      ${texts.readErrors(readErrors.length)}
      <ul>
        ${readErrors.slice(0, READ_ERRORS_SHOWN).map(({ offset, message }) => html`<li>${texts.readError(offset, message)}</li>`)}
        ${readErrors.length > READ_ERRORS_SHOWN ? html`<li>… ${amount(readErrors.length - READ_ERRORS_SHOWN)}</li>` : nothing}
      </ul>
    </div>
  `;
}
