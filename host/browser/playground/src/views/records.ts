import { html, nothing } from 'lit-html';
import type { Actions } from '../actions';
import type { State } from '../state';
import { texts } from '../texts';

export const recordsBar = (state: State, actions: Actions, text: string) => html`
  <div class="bar">
    <h2 id="records-title">${texts.records}</h2>
    <span class="space"></span>
    ${state.file
      ? html`<button @click=${actions.closeFile}>${texts.closeFile}</button>`
      : html`
          <button @click=${actions.undo}>${texts.undo}</button>
          <button @click=${actions.redo}>${texts.redo}</button>
          <button @click=${actions.format}>${texts.format}</button>
          <button @click=${actions.clear}>${texts.clear}</button>
        `}
    <label class="button">
      ${texts.open}
      <input
        type="file"
        multiple
        class="hidden"
        accept=".json,.gz,.zst,.ndjson,.jsonl,.log,.txt,.csv,application/json,application/gzip"
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          if (input.files?.length) void actions.openFiles([...input.files]);
          input.value = '';
        }}
      />
    </label>
  </div>
  ${about(state, text)}
`;

/** What is in the editor. */
function about({ file, example }: State, text: string) {
  if (file) return html`<p class="faint">${texts.fileOpen(file.name)}</p>`;
  return example?.text === text ? html`<p class="faint" id="note">${example.note}</p>` : nothing;
}
